import { beforeAll, describe, expect, it } from "vitest";
import { applyPlan } from "../../../src/database/apply/apply.ts";
import type { Database } from "../../../src/database/database.ts";
import { type Planned, planSchema } from "../../../src/database/plan/plan.ts";
import { openPostgres } from "../../../src/database/postgres.ts";
import type { Shadow } from "../../../src/database/shadow/shadow.ts";
import { sharedShadow } from "../../database/shared-shadow.ts";
import { describeWith } from "../../services/needs.ts";
import { freshDatabase } from "../../services/postgres.ts";
import type { PostgresVersion } from "../../services/postgres-server.ts";
import { declaredFrom } from "./declared.ts";

let shadow: Shadow;
beforeAll(async () => {
  shadow = await sharedShadow();
});

/** A database of one version, and what plans and applies YAML there. */
async function on(
  version: PostgresVersion,
  work: (database: Database, plan: (yaml: string) => Promise<Planned>) => Promise<void>,
): Promise<void> {
  const { url, drop } = await freshDatabase({ version });
  const database = await openPostgres({ url, applicationName: "test", connectTimeoutMs: 5_000 });
  try {
    await work(database, (yaml) =>
      planSchema(database, { connection: "main", declared: declaredFrom(yaml), shadow }),
    );
  } finally {
    await database.close();
    await drop();
  }
}

const apply = (database: Database, planned: Planned): Promise<void> =>
  applyPlan(database, planned, { by: { version: "test" } });

const lines = (column: string): string =>
  `tables: { lines: { columns: { id: { type: int, primaryKey: true }, n: { type: int }, m: ${column} } } }`;
const twice = lines("{ type: int, generated: n * 2 }");
const thrice = lines("{ type: int, generated: n * 3 }");
const rows = "insert into lines (id, n) values (1, 5)";

describe("a generated column whose expression changes", () => {
  it.each([17, 18] as const)("is computed anew in place on Postgres %i", (version) =>
    on(version, async (database, plan) => {
      await apply(database, await plan(twice));
      await database.script(rows);
      const planned = await plan(thrice);
      expect(planned.plan.steps.map(({ sql }) => sql)).toEqual([
        'alter table "lines" alter column "m" set expression as ((n * 3))',
      ]);
      await apply(database, planned);
      expect(await database.query("select m from lines")).toEqual([{ m: 15 }]);
      expect((await plan(thrice)).plan.steps).toEqual([]);
    }),
  );

  it("blocks on Postgres 16 where there are rows, and says what would do", () =>
    on(16, async (database, plan) => {
      await apply(database, await plan(twice));
      expect((await plan(thrice)).plan.blocked).toEqual([]);
      await database.script(rows);
      expect((await plan(thrice)).plan.blocked).toMatchObject([
        {
          code: "generated_changed",
          object: "lines.m",
          wayOut:
            "Postgres 17 changes an expression in place. Or declare a column of another name so, and this one as removed.",
        },
      ]);
    }));
});

describe("a virtual column", () => {
  const virtual = lines("{ type: int, generated: { expression: n * 2, kind: virtual } }");

  it("is made, changed and read on Postgres 18, and made stored in an empty table alone", () =>
    on(18, async (database, plan) => {
      await apply(database, await plan(virtual));
      await apply(database, await plan(twice));
      await apply(database, await plan(virtual));
      await database.script(rows);
      const changed = virtual.replace("n * 2", "n * 3");
      await apply(database, await plan(changed));
      expect(await database.query("select m from lines")).toEqual([{ m: 15 }]);
      expect((await plan(changed)).plan.steps).toEqual([]);
      for (const other of [thrice, lines("{ type: int }")])
        expect((await plan(other)).plan.blocked).toMatchObject([{ code: "generated_changed" }]);
    }));
});

await describeWith(["postgres15"], "a column that lz4 compresses", () => {
  it("is made so, and by pglz again, on a server that has lz4", () =>
    on(15, async (database, plan) => {
      const by = (compression: string): string => lines(`{ type: text, compression: ${compression} }`);
      for (const [name, letter] of [
        ["lz4", "l"],
        ["pglz", "p"],
      ] as const) {
        await apply(database, await plan(by(name)));
        expect(
          await database.query(
            "select attcompression::text as by from pg_attribute where attrelid = 'lines'::regclass and attname = 'm'",
          ),
        ).toEqual([{ by: letter }]);
        expect((await plan(by(name))).plan.steps).toEqual([]);
      }
    }));
});
