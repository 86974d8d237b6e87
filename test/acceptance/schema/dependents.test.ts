import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const tasks = (title = "text", more = ""): string =>
  `tables: { tasks: { columns: { id: { type: int, primaryKey: true }, title: { type: ${title} }${more} } } }\n`;
const views = (a: string, b: string): string => `views: { a: { sql: "${a}" }, b: { sql: "${b}" } }\n`;
const rows = "insert into tasks (id, title) values (1, 'a'), (2, 'b')";
const role = `do $$ begin create role stk_reader; exception when duplicate_object or unique_violation then null; end $$;`;

const fn = (returns: string, name = "t"): string =>
  `functions: { f: { sql: "create function f(${name} text) returns ${returns} language sql immutable as $$ select ${name}::${returns} $$" } }\n`;
const using = (column: string, more = ""): string =>
  `tables: { tasks: { columns: { id: { type: int, primaryKey: true }, title: { type: text }${column} }${more} } }\n`;

const calling = (parameters: string): string => `
functions:
  f: { sql: "create function f(${parameters}) returns text language sql immutable as $$ select a $$" }
  g: { sql: "create function g() returns text language sql begin atomic select f('g'); end" }
  t: { sql: "create function t() returns trigger language plpgsql as $$ begin return new; end $$" }
tables:
  tasks:
    columns:
      id: { type: int, primaryKey: true }
      title: { type: text, check: "f(title) <> ''" }
      size: { type: text, default: "f('f')" }
    indexes: [{ columns: [{ expression: f(title) }] }, { columns: [id], where: "f(title) = 'a'" }]
    triggers: { called: { before: [update], when: f(new.title) is null, execute: t() } }
    rowSecurity: { policies: { own: { using: f(title) = current_user } } }
views: { a: { sql: "select f(title) as title from tasks" }, b: { sql: "select title from a" } }
`;

await runCases(
  [
    {
      name: "a column changes its type beneath a view on a view, and both are made again with their rights",
      old: tasks("varchar(20)") + views("select id, title from tasks", "select title from a where id > 0"),
      seed: `${rows}; ${role} grant select on a, b to stk_reader; grant update (title) on b to stk_reader`,
      new: tasks() + views("select id, title from tasks", "select title from a where id > 0"),
      rows: {
        "select * from b order by title": [{ title: "a" }, { title: "b" }],
        "select has_table_privilege('stk_reader', 'a', 'select') and has_table_privilege('stk_reader', 'b', 'select') as may":
          [{ may: true }],
        "select has_column_privilege('stk_reader', 'b', 'title', 'update') as may": [{ may: true }],
      },
      more: true,
    },
    {
      name: "leaves views alone that do not use the column whose type changes",
      old: tasks("varchar(20)") + views("select id from tasks", "select id from a"),
      seed: rows,
      new: tasks() + views("select id from tasks", "select id from a"),
      steps: ["Change the type of tasks.title from character varying(20) to text"],
    },
    {
      name: "a view that is not declared stands in the way of a change of type",
      old: tasks("int"),
      seed: "create view outside as select title from tasks",
      new: tasks("bigint"),
      blocked: [
        "still_used outside: The view outside is not declared and rests on tasks.title, which is to change.",
      ],
      wayOut: "Declare it, so that it is made again after the change, or drop it yourself first.",
      notices: ["outside"],
    },
    {
      name: "a view that is not declared rests on one that would have to be made again",
      old: `${tasks("int")}views: { a: { sql: "select title from tasks" } }`,
      seed: "create view outside as select title from a",
      new: `${tasks("bigint")}views: { a: { sql: "select title from tasks" } }`,
      blocked: ["still_used a: The view a is to be made anew, and other things rest on it: view outside."],
      notices: ["outside"],
    },
    {
      name: "a rule on a view that would have to be made again would be lost, and stands in the way",
      old: `${tasks("int")}views: { a: { sql: "select title from tasks" } }`,
      seed: "create rule r as on insert to a do instead insert into tasks values (new.title)",
      new: `${tasks("bigint")}views: { a: { sql: "select title from tasks" } }`,
      blocked: [
        "still_used a: The view a is to be made anew, and other things rest on it: rule r on view a.",
      ],
      notices: ["r on a"],
    },
    {
      name: "a rule calls a function that would have to be made again, and stands in the way",
      old: fn("text") + tasks(),
      seed: "create table log (title text); create rule r as on insert to tasks do also insert into log values (f(new.title))",
      new: fn("varchar") + tasks(),
      blocked: [
        "still_used f(text): The function f(text) is to be made anew, and other things rest on it: rule r on table tasks.",
      ],
      notices: ["log", "r on tasks"],
    },
    {
      name: "a column goes that a view no longer uses, which is replaced in place before",
      old: `${tasks()}views: { a: { sql: "select id from tasks where title <> 'x'" } }`,
      seed: rows,
      new: `tables: { tasks: { columns: { id: { type: int, primaryKey: true } } } }\nviews: { a: { sql: select id from tasks } }\nremoved: { columns: { tasks: [title] } }`,
      steps: ["Change the view a", "Drop the column tasks.title"],
      destroys: { "Drop the column tasks.title": 2 },
      rows: { "select id from a order by id": [{ id: 1 }, { id: 2 }] },
    },
    {
      name: "a column goes and another comes, and the view moves from the one to the other",
      old: `${tasks()}views: { a: { sql: "select id, title as name from tasks" } }`,
      new: `tables: { tasks: { columns: { id: { type: int, primaryKey: true }, name: { type: text } } } }\nviews: { a: { sql: "select id, name from tasks" } }\nremoved: { columns: { tasks: [title] } }`,
      steps: ["Add the column tasks.name", "Change the view a", "Drop the column tasks.title"],
      destroys: { "Drop the column tasks.title": 0 },
    },
    {
      name: "a column goes that a view has as its own, which is made again without",
      old: `${tasks()}views: { a: { sql: "select id, title from tasks" }, b: { sql: "select id from a" } }`,
      new: `tables: { tasks: { columns: { id: { type: int, primaryKey: true } } } }\nviews: { a: { sql: "select id from tasks" }, b: { sql: "select id from a" } }\nremoved: { columns: { tasks: [title] } }`,
      steps: [
        "Drop the view b, to make it again",
        "Drop the view a, to make it again",
        "Drop the column tasks.title",
        "Make the view a again",
        "Make the view b again",
      ],
      destroys: { "Drop the column tasks.title": 0 },
    },
    {
      name: "a table goes along with the view on it",
      old: `${tasks()}views: { a: { sql: "select id from tasks" } }`,
      new: `removed: { tables: [tasks], views: [a] }`,
      steps: ["Drop the view a", "Drop the table tasks"],
      destroys: { "Drop the table tasks": 0 },
    },
    {
      name: "a table goes that a view no longer rests on",
      old: `tables: { notes: { columns: { id: { type: int } } }, tasks: { columns: { id: { type: int } } } }\nviews: { a: { sql: select id from tasks } }`,
      new: `tables: { notes: { columns: { id: { type: int } } } }\nviews: { a: { sql: select id from notes } }\nremoved: { tables: [tasks] }`,
      steps: ["Change the view a", "Drop the table tasks"],
      destroys: { "Drop the table tasks": 0 },
    },
    {
      name: "a table and a column get other names beneath views, which follow",
      old: tasks() + views("select id, title from tasks", "select title from a"),
      seed: rows,
      new: `tables: { todos: { renamedFrom: tasks, columns: { id: { type: int, primaryKey: true }, name: { type: text, renamedFrom: title } } } }\n${views("select id, name as title from todos", "select title from a")}`,
      steps: [
        "Rename the constraint tasks_pkey of tasks to todos_pkey",
        "Rename the column tasks.title to name",
        "Rename the table tasks to todos",
      ],
      rows: { "select title from b order by title": [{ title: "a" }, { title: "b" }] },
    },
    {
      name: "a column gets another name beneath views that take it over",
      old: tasks() + views("select id, title from tasks", "select title from a"),
      seed: rows,
      new: `tables: { tasks: { columns: { id: { type: int, primaryKey: true }, name: { type: text, renamedFrom: title } } } }\n${views("select id, name from tasks", "select name from a")}`,
      rows: { "select name from b order by name": [{ name: "a" }, { name: "b" }] },
    },
    {
      name: "a function's body is made again beneath nothing: default, check, index, view, policy and trigger stay",
      old:
        fn("text") +
        using(
          `, slug: { type: text, default: "f('x')", check: "f(slug) <> ''" }`,
          `, indexes: [{ columns: [{ expression: f(title) }] }]`,
        ) +
        `views: { a: { sql: "select f(title) as f from tasks" } }`,
      seed: "insert into tasks values (1, 'a', 'b')",
      new:
        fn("text").replace("select t::text", "select t") +
        using(
          `, slug: { type: text, default: "f('x')", check: "f(slug) <> ''" }`,
          `, indexes: [{ columns: [{ expression: f(title) }] }]`,
        ) +
        `views: { a: { sql: "select f(title) as f from tasks" } }`,
      steps: ["Change the function f(text)"],
    },
    {
      name: "a function returns another type beneath a default",
      old: fn("text") + using(`, slug: { type: text, default: "f('1')" }`),
      seed: "insert into tasks values (1, 'a')",
      new: fn("int") + using(`, slug: { type: text, default: "f('1')" }`),
      rows: { "insert into tasks values (2, 'b') returning slug": [{ slug: "1" }] },
    },
    {
      name: "a function's argument gets another name beneath a default, a check and an index",
      old:
        fn("text") +
        using(
          `, slug: { type: text, default: "f('x')", check: "f(slug) <> ''" }`,
          `, indexes: [{ columns: [{ expression: f(title) }] }]`,
        ),
      seed: "insert into tasks values (1, 'a', 'b')",
      new:
        fn("text", "word") +
        using(
          `, slug: { type: text, default: "f('x')", check: "f(slug) <> ''" }`,
          `, indexes: [{ columns: [{ expression: f(title) }] }]`,
        ),
      rows: {
        "insert into tasks values (2, 'b') returning slug": [{ slug: "x" }],
        "select count(*)::int as n from pg_indexes where schemaname = 'public' and indexname = 'tasks_f_idx'":
          [{ n: 1 }],
        "select convalidated from pg_constraint where conrelid = 'tasks'::regclass and conname = 'tasks_slug_check'":
          [{ convalidated: true }],
      },
    },
    {
      name: "a function's argument gets another name beneath a generated column of an empty table",
      old:
        fn("text") + using(`, slug: { type: text, generated: f(title) }`, ", indexes: [{ columns: [slug] }]"),
      new:
        fn("text", "word") +
        using(`, slug: { type: text, generated: f(title) }`, ", indexes: [{ columns: [slug] }]"),
    },
    {
      name: "a function's argument gets another name beneath a policy",
      old: fn("text") + using("", `, rowSecurity: { policies: { p: { using: "f(title) = 'a'" } } }`),
      new: fn("text", "word") + using("", `, rowSecurity: { policies: { p: { using: "f(title) = 'a'" } } }`),
      steps: [
        "Drop the policy p of tasks, to make it again",
        "Drop the function f(text), to make it again",
        "Make the function f(text) again",
        "Make the policy p of tasks again",
      ],
    },
    {
      name: "a trigger's condition uses a function that is made again",
      old: `functions:
  f: { sql: "create function f(t text) returns boolean language sql immutable as $$ select true $$" }
  g: { sql: "create function g() returns trigger language plpgsql as $$ begin return new; end $$" }
${using("", ", triggers: { t: { before: [insert], when: f(new.title), execute: g() } }")}`,
      new: `functions:
  f: { sql: "create function f(word text) returns boolean language sql immutable as $$ select true $$" }
  g: { sql: "create function g() returns trigger language plpgsql as $$ begin return new; end $$" }
${using("", ", triggers: { t: { before: [insert], when: f(new.title), execute: g() } }")}`,
      steps: [
        "Drop the trigger t of tasks, to make it again",
        "Drop the function f(text), to make it again",
        "Make the function f(text) again",
        "Make the trigger t of tasks again",
      ],
    },
    {
      name: "a function gives way to one of another signature in a default, a check, an index and a view",
      old:
        fn("text") +
        using(
          `, slug: { type: text, default: "f('x')", check: "f(slug) <> ''" }`,
          `, indexes: [{ columns: [{ expression: f(title) }] }]`,
        ) +
        `views: { a: { sql: "select id, f(title) as f from tasks" } }`,
      new: `functions: { f: { sql: "create function f(t text, n int) returns text language sql immutable as $$ select left(t, n) $$" } }
${using(`, slug: { type: text, default: "f('x', 1)", check: "f(slug, 1) <> ''" }`, `, indexes: [{ columns: [{ expression: "f(title, 1)" }] }]`)}
views: { a: { sql: "select id, f(title, 1) as f from tasks" } }
removed: { functions: [f(text)] }`,
    },
    {
      name: "a function gets one more argument, with a default, in all that calls it as before",
      old: calling("a text"),
      seed: "insert into tasks (id, title) values (1, 'a')",
      new: `${calling("a text, b text default ''")}removed: { functions: ["f(text)"] }`,
    },
    {
      name: "a function gets one more argument, and the old one stays in the way of a view that calls it",
      old: fn("text") + using(""),
      new: `functions: { f: { sql: "create function f(t text, n int default 1) returns text language sql immutable as $$ select left(t, n) $$" } }
${using("")}views: { a: { sql: "select f(title) as f from tasks" } }`,
      blocked: [
        "name_taken a: Create the view a: function f(text) is not unique (42725), since the database has functions that are not declared beside those of their names that are: f(text).",
      ],
      wayOut:
        'Declare their removal: removed: { functions: ["f(text)"] }. Or call the other so that only that can be meant.',
      notices: ["f(text)"],
    },
    {
      name: "a function gets one more argument beneath views that are changed and that come, and a generated column",
      old: `${fn("text")}${using(", up: { type: text, generated: f(title) }")}views: { a: { sql: "select f(title) as f from tasks" } }`,
      new: `functions: { f: { sql: "create function f(t text, n int default 1) returns text language sql immutable as $$ select left(t, n) $$" } }
${using(", up: { type: text, generated: f(title) }, low: { type: text, default: f('b') }")}
views: { a: { sql: "select f(title) as f, id from tasks" }, b: { sql: "select f(f) as f from a" } }
removed: { functions: [f(text)] }`,
    },
    {
      name: "a type changes beneath a body that is parsed at once, and beneath a view on it",
      old: `${tasks("varchar(20)")}functions: { f: { sql: "create function f(n int) returns text begin atomic select title from tasks where id = n; end" } }\nviews: { a: { sql: select f(1) as f } }`,
      seed: rows,
      new: `${tasks()}functions: { f: { sql: "create function f(n int) returns text begin atomic select title from tasks where id = n; end" } }\nviews: { a: { sql: select f(1) as f } }`,
      rows: { "select f from a": [{ f: "a" }] },
    },
    {
      name: "a type changes beneath functions of rows, which take it over",
      old: `${tasks("varchar(20)")}functions: { f: { sql: "create function f(t tasks) returns setof tasks language sql stable as $$ select t.* $$" } }`,
      seed: rows,
      new: `${tasks()}functions: { f: { sql: "create function f(t tasks) returns setof tasks language sql stable as $$ select t.* $$" } }`,
      steps: ["Change the type of tasks.title from character varying(20) to text"],
    },
    {
      name: "a type changes beneath a view of whole rows",
      old: `${tasks("int")}views: { a: { sql: "select t, t.id from tasks t" } }`,
      new: `${tasks("bigint")}views: { a: { sql: "select t, t.id from tasks t" } }`,
    },
    {
      name: "a type changes beneath a materialized view with an index",
      old: `${tasks("int")}materializedViews: { a: { sql: "select title from tasks", indexes: [{ columns: [title], unique: true }] } }`,
      seed: "insert into tasks values (1, 7)",
      new: `${tasks("bigint")}materializedViews: { a: { sql: "select title from tasks", indexes: [{ columns: [title], unique: true }] } }`,
      rows: { "select title from a": [{ title: "7" }] },
    },
    {
      name: "a function is made again beneath a materialized view's index",
      old: `${fn("text") + tasks()}materializedViews: { a: { sql: "select title from tasks", indexes: [{ columns: [{ expression: f(title) }] }] } }`,
      new: `${fn("text", "word") + tasks()}materializedViews: { a: { sql: "select title from tasks", indexes: [{ columns: [{ expression: f(title) }] }] } }`,
    },
    {
      name: "a type changes beneath a trigger of that column and a policy on it",
      old: `functions: { g: { sql: "create function g() returns trigger language plpgsql as $$ begin return new; end $$" } }
tables: { tasks: { columns: { id: { type: int, primaryKey: true }, n: { type: int } }, triggers: { t: { before: [update], columns: [n], execute: g() } }, rowSecurity: { policies: { p: { using: n > 0 } } } } }`,
      seed: "insert into tasks values (1, 1)",
      new: `functions: { g: { sql: "create function g() returns trigger language plpgsql as $$ begin return new; end $$" } }
tables: { tasks: { columns: { id: { type: int, primaryKey: true }, n: { type: bigint } }, triggers: { t: { before: [update], columns: [n], execute: g() } }, rowSecurity: { policies: { p: { using: n > 0 } } } } }`,
    },
    {
      name: "keeps the comments on what is made again",
      old: `${tasks("int")}views: { a: { sql: "select title from tasks", comment: all of them, columnComments: { title: its name } } }`,
      new: `${tasks("bigint")}views: { a: { sql: "select title from tasks", comment: all of them, columnComments: { title: its name } } }`,
    },
    {
      name: "makes a view again with the cast that another type beneath it needs",
      old: "tables: { t: { columns: { id: { type: int } } } }\nfunctions: { twice: { sql: 'create function twice(i int) returns int immutable language sql as $$ select i * 2 $$' } }\nviews: { a: { sql: select id from t }, b: { sql: 'select twice(id::int) as d from a' } }",
      seed: "insert into t values (4)",
      new: "tables: { t: { columns: { id: { type: bigint } } } }\nfunctions: { twice: { sql: 'create function twice(i int) returns int immutable language sql as $$ select i * 2 $$' } }\nviews: { a: { sql: select id from t }, b: { sql: 'select twice(id::int) as d from a' }, c: { sql: 'select twice(id::int) as d from t' } }",
      rows: { "select b.d, c.d as e from b, c": [{ d: 8, e: 8 }] },
    },
  ],
  freshDatabase,
);
