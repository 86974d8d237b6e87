import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const seed = `create type span as range (subtype = int);
  alter table t add column s span, add column many span[];
  insert into t values (1, 'x', '[1,3)', '{"[1,3)"}');`;
const old = "tables: { t: { columns: { id: { type: int, primaryKey: true }, a: { type: text } } } }";

await runCases(
  [
    {
      name: "leaves columns alone whose type cannot be declared, and changes the others",
      old,
      seed,
      new: "tables: { t: { columns: { id: { type: int, primaryKey: true }, a: { type: text, nullable: false }, b: { type: int } } } }",
      steps: ["Add the column t.b", "Refuse null in t.a"],
      notices: ["span", "t.s", "t.many"],
      more: true,
    },
    {
      name: "leaves alone what rests on such a column: an index, a check, a key, a view, a trigger and a policy",
      old,
      seed: `${seed}
        create index t_s on t using gist (s);
        alter table t add constraint t_s_some check (not isempty(s)), add constraint t_s_apart exclude using gist (s with &&);
        create view v as select id, s from t;
        create function f() returns trigger language plpgsql as 'begin return new; end';
        create trigger t_f before update of s on t for each row execute function f();
        create policy t_p on t using (s @> 1);`,
      new: `${old}
functions: { f: { sql: "create function f() returns trigger language plpgsql as 'begin return new; end'" } }`,
      steps: [],
      notices: [
        "span",
        "t.s",
        "t.many",
        "t_s",
        "v",
        "t_s_apart on table t",
        "t_s_some on table t",
        "t_p on table t",
        "t_f on table t",
      ],
      rows: { "select s::text from v": [{ s: "[1,3)" }] },
      more: true,
    },
    {
      name: "leaves a column alone of a type that an extension brought which the embedded Postgres lacks",
      serversOnly: true,
      old,
      seed: `create extension pgrowlocks; create type mood as enum ('glad', 'sad');
        alter extension pgrowlocks add type mood;
        alter table t add column m mood; create index t_m on t (m);`,
      new: "extensions: { pgrowlocks: {} }\ntables: { t: { columns: { id: { type: int, primaryKey: true }, a: { type: text, nullable: false } } } }",
      steps: ["Refuse null in t.a"],
      notices: ["t.m", "t_m"],
      more: true,
    },
    {
      name: "sees nothing of them in what is ignored",
      old,
      seed,
      new: "ignore: [t, span]",
      steps: [],
      more: true,
    },
    {
      name: "never makes a second column of their name",
      old,
      seed,
      new: "tables: { t: { columns: { id: { type: int, primaryKey: true }, a: { type: text }, s: { type: int } } } }",
      notices: ["span", "t.s", "t.many"],
      blocked: [
        "name_taken t.s: The column t.s is declared, and the table has one of that name whose type cannot be declared.",
      ],
    },
    {
      name: "says that one which is declared as removed is left to a person",
      old,
      seed,
      new: `${old}\nremoved: { columns: { t: [s] } }`,
      notices: ["span", "t.s", "t.many"],
      blocked: [
        "column_hidden t.s: The column t.s is declared as removed. Its type cannot be declared, so that no plan sees it.",
      ],
      wayOut: 'Drop it yourself: alter table "t" drop column "s"',
    },
    {
      name: "drops them with their table, where that is declared as removed",
      old,
      seed,
      new: "removed: { tables: [t] }",
      notices: ["span", "t.s", "t.many"],
      steps: ["Drop the table t"],
      destroys: { "Drop the table t": 1 },
      rows: {},
      more: true,
    },
  ],
  freshDatabase,
);
