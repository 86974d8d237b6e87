import { execa } from "execa";
import { beforeAll, expect, it } from "vitest";
import { applyPlan } from "../../src/database/apply/apply.ts";
import { type Planned, planSchema } from "../../src/database/plan/plan.ts";
import type { Shadow } from "../../src/database/shadow/shadow.ts";
import { declaredFrom } from "../acceptance/schema/declared.ts";
import { isLongRun } from "../services/long-run.ts";
import { describeWith } from "../services/needs.ts";
import { freshDatabase } from "../services/postgres.ts";
import { liveDatabase } from "./live-database.ts";
import { sharedShadow } from "./shared-shadow.ts";

let shadow: Shadow;
beforeAll(async () => {
  shadow = await sharedShadow();
});

const by = { version: "0.0.0" };
const first = `
enums: { state: [open, done] }
functions: { touch: { sql: "create function touch() returns trigger language plpgsql as $$ begin return new; end $$" } }
views: { titles: { sql: "select id, title from tasks where state = 'open'" } }
tables:
  projects: { columns: { id: { type: int, primaryKey: true }, name: { type: text } } }
  tasks:
    columns: { id: { type: int, primaryKey: true }, title: { type: text }, state: { type: state }, project: { type: int } }
    indexes: [{ name: tasks_by, columns: [title] }]
`;
const second = `
schemas: { audit: { comment: Who did what. } }
extensions: { citext: {}, pg_trgm: {} }
enums: { state: [open, late, done] }
domains: { mail: { type: text, check: "value like '%@%'" } }
composites: { pair: { attributes: { a: int, b: text } } }
sequences: { numbers: { start: 5 } }
functions:
  touch: { sql: "create function touch() returns trigger language plpgsql as $$ begin return null; end $$" }
  twice: { sql: "create function twice(a int) returns int language sql immutable as $$ select a * 2 $$" }
views: { titles: { sql: "select id, title, upper(title) as loud from tasks where state in ('open', 'late')" } }
materializedViews: { counts: { sql: "select project, count(*) as n from tasks group by project", indexes: [{ columns: [project], unique: true }] } }
tables:
  projects: { columns: { id: { type: int, primaryKey: true }, name: { type: text, unique: true } }, comment: What tasks are for. }
  tasks:
    columns:
      id: { type: int, primaryKey: true }
      title: { type: text, nullable: false, backfill: "'task ' || id" }
      state: { type: state, default: late }
      project: { type: int, references: projects.id, onDelete: set null }
      token: { type: uuid, nullable: false, default: gen_random_uuid() }
      size: { type: int, generated: { expression: length(title), kind: stored } }
      who: { type: citext }
      at: { type: pair }
    indexes: [{ name: tasks_by, columns: [title, { column: id, direction: desc }], include: [state] }, { columns: [{ column: title, opclass: gin_trgm_ops }], method: gin }]
    checks: { some: length(title) > 0 }
    triggers: { touched: { after: [update], execute: touch() } }
    rowSecurity: { enabled: true, policies: { own: { to: [public], using: id > 0 } } }
  parts:
    columns: { at: { type: date, nullable: false }, n: { type: int } }
    partitionBy: { range: [at] }
    partitions: { parts_old: { from: "2019-01-01", to: "2020-01-01" }, parts_rest: { default: true } }
    indexes: [{ columns: [n] }]
  audit.log:
    columns: { id: { type: bigint, primaryKey: true, identity: always }, mail: { type: mail }, during: { type: tstzrange } }
    exclusions: [{ elements: [{ column: during, with: "&&" }] }]
`;
const removed = `removed:
  tables: [parts, audit.log]
  columns: { tasks: [token, size, who, at] }
  domains: [mail]
  composites: [pair]
  sequences: [numbers]
  functions: ["twice(integer)"]
  materializedViews: [counts]
  enumValues: { state: [late] }
  extensions: [citext, pg_trgm]
  schemas: [audit]
approved: { tasks: [policy_weakened] }
`;

for (const version of [13, 14] as const)
  await describeWith([`postgres${version}`], `Postgres ${version}`, () => {
    it.each([false, true].filter((online) => isLongRun || online === (version === 13)))(
      "has every kind of thing made, changed and taken away, online: %s",
      async (online) => {
        const { connect, url } = await liveDatabase(() => freshDatabase({ version }));
        const database = await connect();
        const planFor = (yaml: string): Promise<Planned> =>
          planSchema(database, { connection: "main", declared: declaredFrom(yaml), shadow, online });
        const dumped = async (): Promise<string[]> => {
          const { stdout } = await execa("pg_dump", [
            "--schema-only",
            "--exclude-schema=_stk",
            "-T",
            "x_*",
            url,
          ]);
          return stdout
            .split("\n")
            .filter((line) => !line.startsWith("\\"))
            .map((line) => line.replace(/,$/, ""))
            .sort();
        };
        const arrive = async (yaml: string): Promise<void> => {
          const planned = await planFor(yaml);
          expect(planned.plan.blocked).toEqual([]);
          await applyPlan(database, planned, { by });
          const { plan } = await planFor(yaml);
          expect([plan.steps, plan.blocked]).toEqual([[], []]);
        };
        await arrive(first);
        const start = await dumped();
        await database.script(`insert into projects select n, 'p' || n from generate_series(1, 10) n;
        insert into tasks select n, case when n % 2 = 0 then 't' || n end, 'open', n % 10 + 1 from generate_series(1, 100) n`);
        await arrive(second);
        expect(
          await database.query(`select count(*)::int4 as rows, count(distinct token)::int4 as tokens, sum(size)::int4 as size,
          min(title) filter (where id = 3) as filled from tasks`),
        ).toEqual([{ rows: 100, tokens: 100, size: expect.any(Number), filled: "task 3" }]);
        await arrive(first + removed);
        expect(await database.query("select count(*)::int4 as rows from tasks")).toEqual([{ rows: 100 }]);
        expect((await dumped()).filter((line) => !start.includes(line))).toEqual([]);
        expect(start.filter((line) => !line.includes("audit")).length).toBeGreaterThan(50);
      },
    );
  });
