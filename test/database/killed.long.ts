import { beforeAll, expect, it, onTestFinished } from "vitest";
import { applyPlan } from "../../src/database/apply/apply.ts";
import { readModel } from "../../src/database/catalog/read-model.ts";
import type { Database } from "../../src/database/database.ts";
import { fingerprint } from "../../src/database/model/fingerprint.ts";
import { type Planned, planSchema } from "../../src/database/plan/plan.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import type { Shadow } from "../../src/database/shadow/shadow.ts";
import { inSnapshot } from "../../src/database/transaction.ts";
import { declaredFrom } from "../acceptance/schema/declared.ts";
import { freshDatabase } from "../services/postgres.ts";
import { applyInProcess, untilGone } from "./doomed.ts";
import { liveDatabase } from "./live-database.ts";
import { sharedShadow } from "./shared-shadow.ts";

let shadow: Shadow;
beforeAll(async () => {
  shadow = await sharedShadow();
});

const by = { version: "0.0.0" };
const before = `
enums: { state: [open, done] }
functions: { touch: { sql: "create function touch() returns trigger language plpgsql as $$ begin return new; end $$" } }
domains: { code: { type: text } }
views: { titles: { sql: "select id, title from tasks" } }
materializedViews: { sums: { sql: "select project, count(*) as n from tasks group by project", indexes: [{ name: sums_by, columns: [n] }] } }
tables:
  projects: { columns: { id: { type: int }, name: { type: text }, code: { type: code } } }
  stages:
    columns: { id: { type: int, nullable: false }, at: { type: int, nullable: false } }
    partitionBy: { list: [at] }
    partitions: { stages_1: { in: [1] }, stages_2: { in: [2], partitionBy: { list: [at] }, partitions: { stages_2_2: { in: [2] } } } }
  tasks:
    columns: { id: { type: int }, title: { type: text }, state: { type: state }, project: { type: int }, due: { type: date } }
    indexes: [{ name: tasks_by, columns: [title] }]
    checks: { due: due > '2000-01-01' }
  gone: { columns: { id: { type: int } } }
`;
const after = `
schemas: { audit: {} }
extensions: { citext: {} }
enums: { state: [open, late, done] }
domains: { mail: { type: text, check: "value like '%@%'" }, code: { type: text, nullable: false, checks: { long: length(value) > 1, at: "value ~ '^c'" } } }
composites: { pair: { attributes: { a: int, b: int } } }
sequences: { numbers: { start: 5 } }
functions: { touch: { sql: "create function touch() returns trigger language plpgsql as $$ begin return null; end $$" } }
views: { titles: { sql: "select id, upper(title) as title from tasks where state = 'late'" } }
materializedViews:
  counts: { sql: "select project, count(*) as n from tasks group by project" }
  sums: { sql: "select project, count(*) as n from tasks group by project", indexes: [{ name: sums_by, columns: [project], unique: true }, { columns: [n, project] }] }
tables:
  projects:
    columns: { id: { type: int, primaryKey: true }, name: { type: text, unique: true }, code: { type: code } }
    comment: What tasks are for.
  tasks:
    columns:
      id: { type: int, primaryKey: true }
      title: { type: text, nullable: false, backfill: "'task ' || id" }
      state: { type: state, default: late }
      project: { type: int, references: projects.id }
      on_day: { type: date, renamedFrom: due }
      token: { type: uuid, nullable: false, default: gen_random_uuid() }
      size: { type: int, generated: length(title) }
    indexes: [{ name: tasks_by, columns: [title, id] }, { columns: [token], unique: true }]
    checks: { due: "on_day > '1999-01-01'" }
    triggers: { touched: { after: [update], execute: touch() } }
    rowSecurity: { enabled: true, policies: { own: { to: [public], using: id > 0 } } }
  stages:
    columns: { id: { type: int, nullable: false }, at: { type: int, nullable: false } }
    primaryKey: [id, at]
    partitionBy: { list: [at] }
    partitions: { stages_1: { in: [1] }, stages_2: { in: [2], partitionBy: { list: [at] }, partitions: { stages_2_2: { in: [2] } } } }
  parts:
    columns: { at: { type: date, nullable: false } }
    partitionBy: { range: [at] }
    partitions: { parts_old: { from: "2019-01-01", to: "2020-01-01" } }
  audit.log: { columns: { id: { type: bigint, primaryKey: true, identity: always }, mail: { type: mail } } }
removed: { tables: [gone] }
`;
const rows = `
insert into projects select n, 'p' || n, 'c' || n from generate_series(1, 100) n;
insert into tasks select n, case when n % 3 > 0 then 't' || n end, 'open', n % 100 + 1, '2024-01-01' from generate_series(1, 5000) n;
insert into stages select n, n % 2 + 1 from generate_series(1, 100) n;
refresh materialized view sums;
analyze`;
const contents = `select md5(string_agg(row (id, title, state, project, on_day, size)::text, ',' order by id)) as tasks,
  count(distinct token)::int4 as tokens, (select md5(string_agg(p::text, ',' order by p.id)) from projects p) as projects
  from tasks`;

const planFor = (database: Database, yaml = after): Promise<Planned> =>
  planSchema(database, { connection: "main", declared: declaredFrom(yaml), shadow });
const stateOf = (database: Database): Promise<string> =>
  inSnapshot(database, async () => fingerprint(await readModel(database, declaredFrom(after).scope)));

async function prepared() {
  const { connect, url } = await liveDatabase(freshDatabase);
  const database = await connect();
  await applyPlan(database, await planFor(database, before), { by });
  await database.script(rows);
  return { connect, url, database };
}

/** Copies of a database that nobody is connected to. */
function copiesOf(url: string): (name: string) => Promise<string> {
  const original = new URL(url).pathname.slice(1);
  return async (name) => {
    const server = new URL(url);
    server.pathname = "/postgres";
    const admin = await openPostgres({ url: server.href, applicationName: "test", connectTimeoutMs: 5_000 });
    onTestFinished(async () => {
      await admin.query(`drop database if exists ${original}_${name} with (force)`);
      await admin.close();
    });
    await admin.query(`create database ${original}_${name} template ${original}`);
    const copy = new URL(url);
    copy.pathname = `/${original}_${name}`;
    return copy.href;
  };
}

async function withSession<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openPostgres({ url, applicationName: "test", connectTimeoutMs: 5_000 });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

it("arrives from wherever it was killed, at what a straight run gives, with every row", async () => {
  const { url, database } = await prepared();
  const planned = await planFor(database);
  expect(planned.plan.blocked).toEqual([]);
  const { steps } = planned.plan;
  expect(steps.length).toBeGreaterThan(35);
  expect(steps.filter(({ alone }) => alone).length).toBeGreaterThan(3);
  expect(steps.filter(({ batch }) => batch !== undefined).length).toBeGreaterThan(1);
  await database.close();
  const copyNamed = copiesOf(url);
  const straight = await withSession(await copyNamed("straight"), async (one) => {
    await applyPlan(one, planned, { by });
    return { state: await stateOf(one), contents: await one.query(contents) };
  });
  expect(straight.contents).toMatchObject([{ tokens: 5_000 }]);
  // The steps of one transaction are undone together: its last one stands for them, beside the first of all.
  const last = steps.filter(
    ({ transaction }, index) => index === 0 || transaction !== steps[index + 1]?.transaction,
  );
  for (const [number, step] of last.entries()) {
    const copy = await copyNamed(`killed_${number}`);
    const [, signal]: unknown[] = await applyInProcess({
      url: copy,
      planned,
      last: { sql: step.sql, time: 1 },
    }).ended;
    expect(signal, step.sql).toBe("SIGKILL");
    await withSession(copy, async (one) => {
      await untilGone(one);
      const rest = await planFor(one);
      expect(rest.plan.blocked, step.sql).toEqual([]);
      await applyPlan(one, rest, { by });
      expect(await stateOf(one), step.sql).toBe(straight.state);
      expect(await one.query(contents), step.sql).toEqual(straight.contents);
      expect(await one.query("select from pg_index where not indisvalid"), step.sql).toEqual([]);
    });
  }
}, 400_000);
