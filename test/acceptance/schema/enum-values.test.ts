import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const withEnum = (
  values: string,
  columns = "m: { type: mood }",
  rest = "",
): string => `enums: { mood: [${values}] }
tables: { t: { columns: { a: { type: int }, ${columns} }${rest} } }`;
const without = "removed: { enumValues: { mood: [odd] } }";
const rows = "insert into t values (1, 'good'), (2, 'bad')";
const used = (column: string, rowsOf = "1 row of t"): string =>
  `enum_value_used t.${column}: ${rowsOf} has 'odd' in ${column}, which is declared as removed.`;

await runCases(
  [
    {
      name: "takes a value from an enum that no row has",
      old: withEnum("good, bad, odd"),
      seed: rows,
      new: `${withEnum("good, bad")}\n${without}`,
      sql: [
        'alter type "mood" rename to "mood__old"',
        `create type "mood" as enum ('good', 'bad')`,
        'alter table "t" alter column "m" type mood using "m"::text::mood',
        'drop type "mood__old"',
      ],
    },
    {
      name: "never takes a value that a row has",
      old: withEnum("good, bad, odd"),
      seed: "insert into t values (1, 'odd'), (2, 'odd'), (3, null)",
      new: `${withEnum("good, bad")}\n${without}`,
      blocked: [used("m", "Each of 2 rows of t")],
    },
    {
      name: "never takes a value that an array holds",
      old: withEnum("good, bad, odd", 'm: { type: "mood[]" }'),
      seed: "insert into t values (1, '{good,odd}'), (2, '{}')",
      new: `${withEnum("good, bad", 'm: { type: "mood[]" }')}\n${without}`,
      blocked: [used("m")],
    },
    {
      name: "takes a value from arrays and several columns",
      old: withEnum(
        "good, odd, bad",
        'm: { type: "mood[]" }, n: { type: mood, nullable: false, default: bad }',
      ),
      seed: "insert into t values (1, '{good,null,bad}', 'good'), (2, null, default)",
      new: `${withEnum("good, bad", 'm: { type: "mood[]" }, n: { type: mood, nullable: false, default: bad }')}\n${without}`,
    },
    {
      name: "takes the value that was the default",
      old: withEnum("good, bad, odd", "m: { type: mood, default: odd }"),
      seed: rows,
      new: `${withEnum("good, bad", "m: { type: mood, default: good }")}\n${without}`,
    },
    {
      name: "drops the default that was the value",
      old: withEnum("good, bad, odd", "m: { type: mood, default: odd }"),
      seed: rows,
      new: `${withEnum("good, bad")}\n${without}`,
    },
    {
      name: "makes checks, indexes and keys again",
      old: withEnum(
        "good, bad, odd",
        "m: { type: mood, unique: true, check: m <> 'odd' }, n: { type: mood }",
        ", checks: { same: m is null or n is null or m <> n }, indexes: [{ columns: [a], where: m = 'good' }, { columns: [n] }, { columns: [{ expression: \"(m = 'bad')\" }], name: worse }]",
      ),
      seed: rows,
      new: `${withEnum(
        "good, bad",
        "m: { type: mood, unique: true, check: m <> 'bad' or a > 0 }, n: { type: mood }",
        ", checks: { same: m is null or n is null or m <> n }, indexes: [{ columns: [a], where: m = 'good' }, { columns: [n] }, { columns: [{ expression: \"(m = 'bad')\" }], name: worse }]",
      )}\n${without}`,
      rows: { "select m::text from t order by a": [{ m: "good" }, { m: "bad" }] },
    },
    {
      name: "makes foreign keys on the values again",
      old: `enums: { mood: [good, odd] }
tables: { moods: { columns: { m: { type: mood, primaryKey: true } } }, t: { columns: { m: { type: mood, references: moods.m } } } }`,
      seed: "insert into moods values ('good'); insert into t values ('good')",
      new: `enums: { mood: [good] }
tables: { moods: { columns: { m: { type: mood, primaryKey: true } } }, t: { columns: { m: { type: mood, references: moods.m } } } }
${without}`,
    },
    {
      name: "makes views, functions, triggers and policies again",
      old: `${withEnum(
        "good, bad, odd",
        "m: { type: mood }",
        ", triggers: { touch: { before: [update], when: old.m = 'good', execute: touch() } }, rowSecurity: { policies: { mine: { using: m = 'good' } } }",
      )}
views: { v: { sql: "select m, 'bad'::mood as other from t" } }
functions: { f: { sql: "create function f(m mood) returns mood language sql as $$ select m $$" }, touch: { sql: "create function touch() returns trigger language plpgsql as $$ begin return new; end $$" } }`,
      seed: rows,
      new: `${withEnum(
        "good, bad",
        "m: { type: mood }",
        ", triggers: { touch: { before: [update], when: old.m = 'good', execute: touch() } }, rowSecurity: { policies: { mine: { using: m = 'good' } } }",
      )}
views: { v: { sql: "select m, 'bad'::mood as other from t" } }
functions: { f: { sql: "create function f(m mood) returns mood language sql as $$ select m $$" }, touch: { sql: "create function touch() returns trigger language plpgsql as $$ begin return new; end $$" } }
${without}`,
    },
    {
      name: "makes generated columns of an empty table again",
      old: withEnum("good, odd", "m: { type: mood }, g: { type: boolean, generated: m = 'good' }"),
      new: `${withEnum("good", "m: { type: mood }, g: { type: boolean, generated: m = 'good' }")}\n${without}`,
    },
    {
      name: "keeps the comments",
      old: "enums: { mood: { values: [good, odd], comment: how it goes } }\ntables: { t: { columns: { m: { type: mood, comment: now } } } }",
      new: `enums: { mood: { values: [good], comment: how it goes } }\ntables: { t: { columns: { m: { type: mood, comment: now } } } }\n${without}`,
    },
    {
      name: "takes one value and adds another, in another order",
      old: withEnum("good, bad, odd"),
      seed: rows,
      new: `${withEnum("best, bad, good")}\n${without}`,
      rows: { "select enum_range(null::mood)::text as all": [{ all: "{best,bad,good}" }] },
    },
    {
      name: "takes a value and renames another, the enum and the table",
      old: withEnum("good, bad, odd"),
      seed: rows,
      new: `enums: { temper: { renamedFrom: mood, values: [{ value: fine, renamedFrom: good }, bad] } }
tables: { u: { renamedFrom: t, columns: { a: { type: int }, m: { type: temper } } } }
removed: { enumValues: { temper: [odd] } }`,
      rows: { "select m::text from u order by a": [{ m: "fine" }, { m: "bad" }] },
    },
    {
      name: "takes a value from an enum of a schema, of the person's own spelling",
      old: `schemas: { audit: {} }\nenums: { audit.Level: [low, Odd] }\ntables: { t: { columns: { l: { type: audit.Level, default: low } } } }`,
      seed: "insert into t values ('low')",
      new: `schemas: { audit: {} }\nenums: { audit.Level: [low] }\ntables: { t: { columns: { l: { type: audit.Level, default: low } } } }\nremoved: { enumValues: { audit.Level: [Odd] } }`,
    },
    {
      name: "takes a value while a column leaves the enum and another goes",
      old: withEnum("good, odd", "m: { type: mood }, n: { type: mood }, o: { type: mood }"),
      seed: "insert into t values (1, 'good', 'odd', 'odd')",
      new: `${withEnum("good", "m: { type: mood }, n: { type: text }")}
removed: { enumValues: { mood: [odd] }, columns: { t: [o] } }`,
      destroys: { "Drop the column t.o": 1 },
      rows: { "select m::text, n from t": [{ m: "good", n: "odd" }] },
    },
    {
      name: "does nothing for a value that was removed before",
      old: withEnum("good, bad"),
      seed: rows,
      new: `${withEnum("good, bad")}\n${without}`,
      steps: [],
    },
    {
      name: "never takes a value that is not declared as removed",
      old: withEnum("good, bad, odd"),
      seed: rows,
      new: `${withEnum("good")}\n${without}`,
      blocked: [
        "enum_value_not_declared mood.bad: The enum mood has the value 'bad', which is not declared. Postgres cannot take a value from an enum.",
      ],
    },
    {
      name: "never takes a value that a table which is not declared may have",
      old: withEnum("good, odd"),
      seed: "create table other (m mood)",
      new: `${withEnum("good")}\n${without}`,
      blocked: [
        "still_used mood: To lose 'odd', the enum mood is to be made anew, and other things rest on it: column other.m.",
      ],
      notices: ["other"],
    },
    {
      name: "never takes a value that a domain or a table outside may have",
      old: `${withEnum("good, odd")}\ndomains: { d: { type: mood } }`,
      seed: "create schema away; create table away.t (m mood)",
      new: `${withEnum("good")}\ndomains: { d: { type: mood } }\n${without}`,
      blocked: [
        "still_used mood: To lose 'odd', the enum mood is to be made anew, and other things rest on it: column m of table away.t, domain d.",
      ],
    },
  ],
  freshDatabase,
);
