import { beforeAll, expect, it, onTestFinished } from "vitest";
import { applyPlan } from "../../src/database/apply/apply.ts";
import type { Database } from "../../src/database/database.ts";
import { findDrift } from "../../src/database/drift/drift.ts";
import { planSchema } from "../../src/database/plan/plan.ts";
import type { Shadow } from "../../src/database/shadow/shadow.ts";
import { declaredFrom } from "../acceptance/schema/declared.ts";
import { freshDatabase } from "../services/postgres.ts";
import type { PostgresVersion } from "../services/postgres-server.ts";
import { snapshotProject } from "../snapshot/snapshot-project.ts";
import { liveDatabase } from "./live-database.ts";
import { sharedShadow } from "./shared-shadow.ts";

// Of a list of varchars and of VALUES, Postgres does not read back what it writes as it wrote it.
const declared = declaredFrom(`
domains: { d: { type: varchar(9), check: "value in ('a', 'b')" } }
tables:
  a:
    columns:
      id: { type: int, primaryKey: true }
      s: { type: varchar(10), check: "s in ('a', 'b')" }
      g: { type: boolean, generated: "s in ('c', 'd')" }
    indexes: [{ columns: [id], where: "s in ('a', 'b')" }]
    rowSecurity: { policies: { p: { using: "s in ('a', 'b')" } } }
views:
  v: { sql: "select id from a where s in ('a', 'b')" }
  w: { sql: "values (1, 2), (3, 4)", columns: [x, y] }
`);
const byHand = `create domain d as varchar(9) check (value in ('a', 'b'));
  create table a (id int primary key, s varchar(10) check (s in ('a', 'b')),
    g boolean generated always as (s in ('c', 'd')) stored);
  create index on a (id) where s in ('a', 'b');
  alter table a enable row level security;
  create policy p on a using (s in ('a', 'b'));
  create view v as select id from a where s in ('a', 'b');
  create view w (x, y) as values (1, 2), (3, 4)`;

let shadow: Shadow;
beforeAll(async () => {
  shadow = await sharedShadow();
});

const plan = (database: Database) => planSchema(database, { connection: "main", declared, shadow });
const versions: PostgresVersion[] = [18, 17, 16];

it.each(versions)("makes on Postgres %s what it then finds to be what is declared", async (version) => {
  const { connect } = await liveDatabase(() => freshDatabase({ version }));
  const database = await connect();
  await applyPlan(database, await plan(database), { by: { version: "test" } });
  expect((await plan(database)).plan).toMatchObject({ steps: [], blocked: [] });
});

it.each(versions)(
  "finds nothing to do on Postgres %s where people have made the same by hand",
  async (version) => {
    const { connect } = await liveDatabase(() => freshDatabase({ version }));
    const database = await connect();
    await database.script(byHand);
    expect((await plan(database)).plan).toMatchObject({ steps: [], blocked: [] });
  },
);

it.each(versions)(
  "finds nothing to do on Postgres %s where what was made by hand is declared by the database's own words",
  async (version) => {
    const { connect } = await liveDatabase(() => freshDatabase({ version }));
    const database = await connect();
    await database.script(byHand);
    const project = snapshotProject(shadow);
    onTestFinished(project.remove);
    await project.take(database);
    expect(await project.plan(database)).toMatchObject({ steps: [], blocked: [] });
    const own = (await project.declared()).declared.get("main") ?? declared;
    expect(await findDrift(database, { connection: "main", declared: own, shadow })).toMatchObject({
      comparedWith: "declaration",
      changes: [],
    });
    // What differs in more than its words is found, though its words cannot be read in the declared table.
    await database.script(`alter table a drop constraint a_s_check, add o varchar(9), add constraint a_s_check
      check (s in ('a', 'b') or o in ('c', 'd'))`);
    const { steps, blocked } = await project.plan(database);
    expect(steps.map(({ sql }) => sql).join()).toContain('add constraint "a_s_check"');
    expect(blocked.map(({ code }) => code)).toEqual(["column_not_declared"]);
  },
);
