import { afterAll, beforeAll, expect, it } from "vitest";
import type { DeclaredRemoval, DeclaredSchema, PlannableSchema } from "../../schema/declared.ts";
import { applyPlan } from "../../src/database/apply/apply.ts";
import type { Database } from "../../src/database/database.ts";
import { openPglite } from "../../src/database/pglite.ts";
import { type Plan, planSchema } from "../../src/database/plan/plan.ts";
import type { Shadow } from "../../src/database/shadow/shadow.ts";
import { clean } from "../acceptance/schema/clean.ts";
import { isLongRun } from "../services/long-run.ts";
import { schemaDrawer } from "./random-schema.ts";
import { transitionDrawer } from "./random-transition.ts";
import { sharedShadow } from "./shared-shadow.ts";

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
const by = { version: "0.0.0" };
/** What takes data away, as Postgres spells it. */
const destructive = /\b(drop (table|column|type|schema|sequence)|truncate|delete from)\b/i;

const planFor = async (declared: PlannableSchema) =>
  planSchema(database, { connection: "main", declared, shadow });

const isEmpty = ({ steps, blocked }: Plan): boolean => steps.length + blocked.length === 0;

const seeds = Array.from({ length: isLongRun ? 100 : 3 }, (_, index) => index + 1);

it.each(seeds)(
  "arrives at any schema that takes nothing away, and stays there (seed %i)",
  { timeout: 60_000 },
  async (seed) => {
    await clean(database);
    const drawer = schemaDrawer(seed);
    let declared = empty;
    for (let generation = 0; generation < 3; generation += 1) {
      const before = declared;
      declared = drawer.next(declared);
      const planned = await planFor(declared);
      expect(planned.plan.blocked).toEqual([]);
      for (const { sql } of planned.plan.steps) expect(sql).not.toMatch(destructive);
      await applyPlan(database, planned, { by });
      expect(isEmpty((await planFor(declared)).plan)).toBe(true);

      const back = await planFor(before);
      for (const { sql } of back.plan.steps) expect(sql).not.toMatch(destructive);
      if (back.plan.blocked.length > 0) continue;
      await applyPlan(database, back, { by });
      expect(isEmpty((await planFor(before)).plan)).toBe(true);
      await applyPlan(database, await planFor(declared), { by });
    }
  },
);

it.each(seeds)(
  "renames and removes what is declared so and nothing else, and stays there (seed %i)",
  { timeout: 60_000 },
  async (seed) => {
    await clean(database);
    const drawer = transitionDrawer(seed);
    const declared = schemaDrawer(seed).next(empty);
    await applyPlan(database, await planFor(declared), { by });
    const arrives = async (next: PlannableSchema): Promise<string[]> => {
      const planned = await planFor(next);
      expect(planned.plan.blocked).toEqual([]);
      await applyPlan(database, planned, { by });
      expect(isEmpty((await planFor(next)).plan)).toBe(true);
      return planned.plan.steps.map(({ sql }) => sql);
    };

    const reduced = drawer.reduced(declared);
    const dropped = (await arrives(reduced)).filter((sql) => destructive.test(sql));
    expect(dropped.toSorted()).toEqual((reduced.transition?.removals ?? []).map(dropOf).toSorted());

    const renamed = drawer.renamed(reduced);
    for (const sql of await arrives(renamed)) expect(sql).toMatch(/^alter .* rename /);
    expect(isEmpty((await planFor({ ...renamed, transition: { renames: [], removals: [] } })).plan)).toBe(
      true,
    );
  },
);

const dropOf = (removal: DeclaredRemoval): string =>
  removal.kind === "column"
    ? `alter table "${removal.table}" drop column "${removal.name}"`
    : `drop ${removal.kind === "table" ? "table" : "type"} "${removal.name}"`;
