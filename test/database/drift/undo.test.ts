import { afterAll, beforeAll, expect, it } from "vitest";
import type { DeclaredSchema } from "../../../schema/declared.ts";
import { applyPlan } from "../../../src/database/apply/apply.ts";
import { readModel } from "../../../src/database/catalog/read-model.ts";
import type { Database } from "../../../src/database/database.ts";
import { changesBetween } from "../../../src/database/drift/model-changes.ts";
import { undoOf } from "../../../src/database/drift/undo.ts";
import { fingerprint } from "../../../src/database/model/fingerprint.ts";
import type { Model } from "../../../src/database/model/model.ts";
import { openPglite } from "../../../src/database/pglite.ts";
import { planSchema } from "../../../src/database/plan/plan.ts";
import type { Shadow } from "../../../src/database/shadow/shadow.ts";
import { inSnapshot } from "../../../src/database/transaction.ts";
import { schemaDrawer } from "../random-schema.ts";
import { sharedShadow } from "../shared-shadow.ts";

let shadow: Shadow;
let database: Database;
beforeAll(async () => {
  shadow = await sharedShadow();
  database = await openPglite();
});
afterAll(async () => {
  await database.close();
});

const empty: DeclaredSchema = { enums: {}, tables: {} };
const read = (): Promise<Model> => inSnapshot(database, () => readModel(database));

it.each(Array.from({ length: 15 }, (_, index) => index + 1))(
  "leads back from any schema to the one before it, or says what it cannot (seed %i)",
  { timeout: 60_000 },
  async (seed) => {
    await database.script(
      "drop schema public cascade; create schema public; drop schema if exists _stk cascade",
    );
    const drawer = schemaDrawer(seed);
    const before = drawer.next(empty);
    const after = drawer.next(before);
    const recorded = await shadow.model(before);
    const planned = await planSchema(database, { connection: "main", declared: after, shadow });
    await applyPlan(database, planned, { by: { version: "0.0.0" } });
    const live = await read();

    const changes = changesBetween(recorded, live);
    expect(changes.length === 0).toBe(fingerprint(live) === fingerprint(recorded));
    expect(changesBetween(live, live)).toEqual([]);
    const { statements, impossible } = undoOf(live, recorded);
    expect(statements.length + impossible.length === 0).toBe(changes.length === 0);

    for (const { sql } of statements) await database.script(sql);
    const left = changesBetween(recorded, await read()).map(({ object }) => object);
    expect(left).toEqual([...new Set(impossible.map(({ object }) => object.split(".")[0]))]);
  },
);
