import { expect, it } from "vitest";
import type { DeclaredSchema, PlannableSchema } from "../../../schema/declared.ts";
import { withAdvisoryLock } from "../../../src/database/apply/advisory-lock.ts";
import { applyPlan } from "../../../src/database/apply/apply.ts";
import type { Database } from "../../../src/database/database.ts";
import { type Drift, findDrift } from "../../../src/database/drift/drift.ts";
import { planSchema } from "../../../src/database/plan/plan.ts";
import { declaredFrom } from "../../acceptance/schema/declared.ts";
import { describeWith } from "../../services/needs.ts";
import { freshDatabase } from "../../services/postgres.ts";
import { liveDatabase } from "../live-database.ts";
import { sharedShadow } from "../shared-shadow.ts";

const column = (type: string, nullable = true): DeclaredSchema["tables"][string]["columns"][string] => ({
  type,
  nullable,
});

const table = (columns: DeclaredSchema["tables"][string]["columns"]): DeclaredSchema["tables"][string] => ({
  columns: { id: column("bigint", false), ...columns },
  primaryKey: { name: "", columns: ["id"] },
  uniques: [],
  checks: [],
  foreignKeys: [],
  indexes: [],
});

const named = (tables: DeclaredSchema["tables"]): DeclaredSchema["tables"] =>
  Object.fromEntries(
    Object.entries(tables).map(([name, own]) => [
      name,
      { ...own, primaryKey: { name: `${name.split(".").at(-1)}_pkey`, columns: ["id"] } },
    ]),
  );

const declared: PlannableSchema = {
  enums: { mood: ["good", "bad"] },
  tables: named({ tasks: table({ title: column("text", false), mood: column("mood") }) }),
};

async function applied(schema: PlannableSchema = declared) {
  const { url, connect } = await liveDatabase(freshDatabase);
  const [database, shadow] = await Promise.all([connect(), sharedShadow()]);
  const apply = async (next: PlannableSchema): Promise<void> => {
    const planned = await planSchema(database, { connection: "main", declared: next, shadow });
    await applyPlan(database, planned, { by: { version: "1.2.3", revision: "abc123" } });
  };
  await apply(schema);
  const drift = (next: PlannableSchema = schema): Promise<Drift> =>
    findDrift(database, { connection: "main", declared: next, shadow });
  return { url, database, connect, shadow, apply, drift };
}

const summary = ({ changes }: Drift): string[] =>
  changes.map(({ change, kind, object, facts }) =>
    [change, kind, object, ...facts.map(({ fact, was, is }) => `${fact}: ${was} > ${is}`)].join(" "),
  );

/** Runs what would undo it, each statement by itself. */
async function undo(database: Database, { statements }: Drift): Promise<void> {
  for (const { sql } of statements) await database.script(sql);
}

it("finds none after an apply, and says which one that was", { timeout: 60_000 }, async () => {
  const { drift } = await applied();
  expect(await drift()).toMatchObject({
    comparedWith: "record",
    changes: [],
    statements: [],
    pending: [],
    isApplying: false,
    lastApply: { id: "1", version: "1.2.3", revision: "abc123", at: expect.stringMatching(/^\d{4}-.*Z$/) },
  });
});

it("finds what came, changed and went, and undoes it", { timeout: 60_000 }, async () => {
  const { database, drift } = await applied();
  await database.script(`
    create table notes (a int);
    create view titles as select title from tasks;
    create index tasks_title on tasks (title);
    alter table tasks add column extra int default 1;
    alter table tasks alter column title drop not null;
    alter table tasks drop column mood;
    alter table tasks add constraint short check (length(title) < 10)`);
  const found = await drift();
  expect(summary(found)).toEqual([
    "gone column tasks.mood",
    "changed column tasks.title nullable: false > true",
    "added column tasks.extra",
    "added check tasks.short",
    "added index tasks.tasks_title",
    "added table notes",
    "added view titles",
  ]);
  expect(found.changes.filter(({ owner }) => owner !== undefined).map(({ object }) => object)).toEqual([
    "notes",
    "titles",
  ]);
  await undo(database, found);
  expect((await drift()).changes).toEqual([]);
});

it("is no drift that more is declared, and pending no more once it is applied", {
  timeout: 60_000,
}, async () => {
  const { drift, apply } = await applied();
  const next: PlannableSchema = {
    ...declared,
    tables: { ...declared.tables, ...named({ notes: table({ body: column("text") }) }) },
  };
  const found = await drift(next);
  expect(found).toMatchObject({ changes: [], pending: ["Create the table notes"] });
  await apply(next);
  expect(await drift(next)).toMatchObject({ changes: [], pending: [], lastApply: { id: "2" } });
});

it("tells drift from what is pending when both are there", { timeout: 60_000 }, async () => {
  const { database, drift } = await applied();
  await database.script("alter table tasks add column by_hand int");
  const next: PlannableSchema = {
    ...declared,
    tables: named({
      tasks: table({ title: column("text", false), mood: column("mood"), due: column("date") }),
    }),
  };
  const found = await drift(next);
  expect(summary(found)).toEqual(["added column tasks.by_hand"]);
  expect(found.pending).toEqual(["Add the column tasks.due"]);
});

it("compares with the declaration where nothing is recorded, and leaves alone what is not declared", {
  timeout: 60_000,
}, async () => {
  const { connect } = await liveDatabase(freshDatabase);
  const [database, shadow] = await Promise.all([connect(), sharedShadow()]);
  const drift = () => findDrift(database, { connection: "main", declared, shadow });
  await database.script(
    "create type mood as enum ('good', 'bad'); create table tasks (id bigint primary key, title text not null, mood mood); create table other ()",
  );
  expect(await drift()).toMatchObject({ comparedWith: "declaration", changes: [] });
  await database.script("alter table tasks alter column title type varchar(5)");
  expect(summary(await drift())).toEqual(["changed column tasks.title type: text > character varying(5)"]);
});

it("compares with the declaration where the record cannot be read, and says of which version it is", {
  timeout: 60_000,
}, async () => {
  const { database, drift } = await applied();
  await database.script(`update _stk.applies set model = '{"tables": 1}', stk_version = '9.9.9'`);
  expect(await drift()).toMatchObject({
    comparedWith: "declaration",
    changes: [],
    lastApply: { version: "9.9.9" },
  });
});

it("looks past what is ignored, and past schemas that are managed only since", {
  timeout: 60_000,
}, async () => {
  const { database, drift } = await applied();
  await database.script(
    "create table job_runs (a int); create schema audit; create table audit.log (a int); create table seen (a int)",
  );
  const scope = { schemas: ["public", "audit"], ignore: ["job_*"], unmanagedPartitions: [] };
  expect(summary(await drift({ ...declared, scope }))).toEqual(["added table seen"]);
  await database.script("drop table seen; drop table tasks");
  const ignoring = { schemas: ["public"], ignore: ["job_*", "tasks"], unmanagedPartitions: [] };
  expect(summary(await drift({ ...declared, scope: ignoring }))).toEqual([]);
});

it("says that an apply is running, and changes nothing itself", { timeout: 60_000 }, async () => {
  const { database, connect, drift } = await applied();
  const other = await connect();
  const found = await withAdvisoryLock(other, { waitMs: 1_000 }, () => drift());
  expect(found.isApplying).toBe(true);
  expect(await database.query("select count(*)::int4 as applies from _stk.applies")).toEqual([
    { applies: 1 },
  ]);
});

it("says what no statement can bring back", { timeout: 60_000 }, async () => {
  const { database, drift } = await applied();
  await database.script("alter type mood add value 'worse' after 'bad'");
  const found = await drift();
  expect(summary(found)).toEqual(["changed enum mood values: good,bad > good,bad,worse"]);
  expect(found.statements).toEqual([]);
  expect(found.impossible).toEqual([
    { object: "mood.worse", message: "The value mood.worse stays: no one statement takes it." },
  ]);
});

for (const version of [15, 16, 18] as const)
  await describeWith(version === 15 ? ["postgres15"] : [], `on Postgres ${version}`, () => {
    it("takes no view for another because the server has other words for it", {
      timeout: 60_000,
    }, async () => {
      const { connect } = await liveDatabase(() => freshDatabase({ version }));
      const [database, shadow] = await Promise.all([connect(), sharedShadow()]);
      const schema =
        declaredFrom(`tables: { tasks: { columns: { id: { type: int }, title: { type: text } } } }
views: { titles: { sql: "select id, title from tasks where id > 0" } }
materializedViews: { counts: { sql: "select title, count(*) as n from tasks group by title" } }`);
      const drift = (declared: PlannableSchema) =>
        findDrift(database, { connection: "main", declared, shadow });
      const planned = await planSchema(database, { connection: "main", declared: schema, shadow });
      await applyPlan(database, planned, { by: { version: "0.0.0" } });
      expect(await drift(schema)).toMatchObject({ comparedWith: "record", changes: [], pending: [] });
      await database.script("drop schema _stk cascade");
      expect(await drift(schema)).toMatchObject({ comparedWith: "declaration", changes: [] });
      await database.script("create or replace view titles as select id, title from tasks where id > 1");
      expect((await drift(schema)).changes).toMatchObject([{ object: "titles", change: "changed" }]);
    });
  });
