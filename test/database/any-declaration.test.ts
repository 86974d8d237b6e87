import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import type { SchemaFile } from "../../schema/schema-file.ts";
import { applyPlan } from "../../src/database/apply/apply.ts";
import { readModel } from "../../src/database/catalog/read-model.ts";
import type { Database } from "../../src/database/database.ts";
import { fingerprint } from "../../src/database/model/fingerprint.ts";
import { openPglite } from "../../src/database/pglite.ts";
import { planSchema } from "../../src/database/plan/plan.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { makeSchema } from "../../src/database/shadow/make-schema.ts";
import type { Shadow } from "../../src/database/shadow/shadow.ts";
import { inSnapshot, inTransaction } from "../../src/database/transaction.ts";
import { clean } from "../acceptance/schema/clean.ts";
import { declaredFrom } from "../acceptance/schema/declared.ts";
import { type Rows, rowsOf } from "../acceptance/schema/rows.ts";
import { isLongRun } from "../services/long-run.ts";
import { describeWith } from "../services/needs.ts";
import { schemaDump } from "../services/pg-dump.ts";
import { freshDatabase } from "../services/postgres.ts";
import type { PostgresVersion } from "../services/postgres-server.ts";
import { changeTo, rowsFor } from "./declared-change.ts";
import { drawChoices } from "./random-choices.ts";
import { declarationOf } from "./random-declaration.ts";
import { sharedShadow } from "./shared-shadow.ts";

/** `PAIRS=1-300` tries the pairs of these seeds on each Postgres, in the place of a few. */
const [first, last = first] = (process.env.PAIRS ?? "").split("-").filter(Boolean).map(Number);
const seedsOf = (usual: number): number[] =>
  Array.from({ length: (last ?? usual) - (first ?? 1) + 1 }, (_, index) => (first ?? 1) + index);

let shadow: Shadow;
beforeAll(async () => {
  shadow = await sharedShadow();
});

type Opened = { database: Database; url: string; close(): Promise<void> };

/** Tries pairs of declarations. `same`: what a database is in the eyes of somebody else. */
function tryPairs(
  seeds: readonly number[],
  open: () => Promise<Opened>,
  sees: (opened: Opened) => Promise<unknown>,
): void {
  let target: Opened;
  let reference: Opened;
  beforeAll(async () => {
    [target, reference] = [await open(), await open()];
  });
  afterAll(async () => {
    await target.close();
    await reference.close();
  });
  afterEach(async () => {
    await Promise.all([target, reference].map(({ database }) => clean(database)));
  });

  it.each(seeds)(
    "arrives from any declaration at any other, keeps all rows, and stays (seed %i)",
    async (seed) => {
      const choices = drawChoices(seed, declarationOf);
      const before = declarationOf(choices);
      const after = changeTo(before, declarationOf(drawChoices(seed + 1_000_000, declarationOf, choices)));
      const context = `seed ${seed}\n${stringify(before)}\n--- becomes\n${stringify(after)}`;
      await arrives(target.database, before, after, seed % 2 === 0, context);
      const problems = await inTransaction(reference.database, () =>
        makeSchema(reference.database, declaredFrom(stringify(after))),
      );
      expect(problems, context).toEqual([]);
      expect(await sees(target), context).toEqual(await sees(reference));
    },
    60_000,
  );
}

async function arrives(
  database: Database,
  before: SchemaFile,
  after: SchemaFile,
  online: boolean,
  context: string,
): Promise<void> {
  const plan = (file: SchemaFile) =>
    planSchema(database, { connection: "main", declared: declaredFrom(stringify(file)), shadow, online });
  const reach = async (file: SchemaFile): Promise<void> => {
    const planned = await plan(file);
    expect(
      planned.plan.blocked.map(({ code, object, message }) => `${code} ${object}: ${message}`),
      context,
    ).toEqual([]);
    if (file.removed === undefined)
      expect(
        planned.plan.steps.filter(({ destroys }) => destroys !== undefined),
        context,
      ).toEqual([]);
    await applyPlan(database, planned, { by: { version: "test" } }).catch((error: unknown) => {
      throw new Error(
        `${String(error)}\n${planned.plan.steps.map(({ sql }) => sql).join(";\n")}\n${context}`,
        { cause: error },
      );
    });
    const second = (await plan(file)).plan;
    expect([second.steps.map(({ sql }) => sql), second.blocked], context).toEqual([[], []]);
  };
  await reach(before);
  await database.script(rowsFor(before));
  const rows = kept(await rowsOf(database), after.removed);
  await reach(after);
  expect(inOneSpelling(await rowsOf(database, rows)), context).toEqual(inOneSpelling(rows));
}

/** Without the tables and columns that are declared to go. */
function kept(rows: Rows, { tables = [], columns = {} }: NonNullable<SchemaFile["removed"]> = {}): Rows {
  const names = new Map(
    Object.keys(rows).map((name) => [name, name.replaceAll('"', "").replace(/^public\./, "")]),
  );
  return Object.fromEntries(
    Object.entries(rows).flatMap(([name, list]) => {
      const own = names.get(name) ?? name;
      if (tables.includes(own)) return [];
      const gone = columns[own] ?? [];
      return [
        [
          name,
          list.map((row) =>
            Object.fromEntries(Object.entries(row).filter(([column]) => !gone.includes(column))),
          ),
        ],
      ];
    }),
  );
}

/** A number is the same with and without `.00`; a place is what is first in it; a computed value is another. */
const inOneSpelling = (rows: Rows): Rows =>
  Object.fromEntries(
    Object.entries(rows).map(([name, list]) => [
      name,
      list
        .map(({ g: _, ...row }) =>
          Object.fromEntries(
            Object.entries(row).map(([column, value]) => [
              column,
              typeof value === "string"
                ? value.replace(/^(\d+)\.0+$/, "$1").replace(/^\((\d+)(?:,\w*)?\)$/, "$1")
                : value,
            ]),
          ),
        )
        .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    ]),
  );

const fingerprintOf = ({ database }: Opened): Promise<string> =>
  inSnapshot(database, async () =>
    fingerprint(
      await readModel(database, { schemas: ["public", "audit"], ignore: [], unmanagedPartitions: [] }),
    ),
  );

const real = (version: PostgresVersion) => async (): Promise<Opened> => {
  const { url, drop } = await freshDatabase({ version });
  const database = await openPostgres({ url, applicationName: "test", connectTimeoutMs: 5_000 });
  return {
    url,
    database,
    close: async () => {
      await database.close();
      await drop();
    },
  };
};

describe("on PGlite", () => {
  const open = async (): Promise<Opened> => {
    const database = await openPglite();
    return { url: "", database, close: () => database.close() };
  };
  tryPairs(seedsOf(isLongRun ? 20 : 2), open, fingerprintOf);
});

describe("on Postgres 18", () => tryPairs(seedsOf(isLongRun ? 20 : 2), real(18), fingerprintOf));

await describeWith(["postgres15"], "on Postgres 15", () => {
  tryPairs(seedsOf(isLongRun ? 20 : 2), real(15), ({ url }) => schemaDump(15, url));
});
