import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const fn = (name: string, ...sql: string[]): string =>
  `functions:\n  ${name}:\n    sql: |\n${sql.map((line) => `      ${line}`).join("\n")}\n`;
const slugify = (
  body: string,
  head = "slugify(t text) returns text",
  options = "language sql immutable",
): string => fn("slugify", `create function ${head} ${options} as $$ ${body} $$;`);
const lower = slugify("select lower(t)");
const role = `do $$ begin create role stk_reader; exception when duplicate_object or unique_violation then null; end $$;`;
const may = "select has_function_privilege('stk_reader', 'slugify(text)', 'execute') as may";
const mayOf = (value: boolean) => ({ [may]: [{ may: value }] });

await runCases(
  [
    {
      name: "creates a function",
      new: lower,
      steps: ["Create the function slugify(text)"],
      rows: { "select slugify('A') as a": [{ a: "a" }] },
    },
    {
      name: "leaves a function alone that is written in other words",
      old: lower,
      new: fn(
        "slugify",
        "CREATE OR REPLACE FUNCTION public.slugify(t varchar)",
        "RETURNS text LANGUAGE sql IMMUTABLE AS $$ select lower(t) $$;",
      ).replace("t varchar", "t text"),
      steps: [],
    },
    {
      name: "replaces a body in place, and keeps the rights",
      old: lower,
      seed: `${role} revoke execute on function slugify(text) from public; grant execute on function slugify(text) to stk_reader`,
      new: slugify("select upper(t)"),
      steps: ["Change the function slugify(text)"],
      rows: { "select slugify('a') as a": [{ a: "A" }], ...mayOf(true) },
      more: true,
    },
    {
      name: "changes what a function is in place: volatility, strictness, security, cost, settings",
      old: lower,
      new: slugify(
        "select lower(t)",
        "slugify(t text) returns text",
        "language sql stable strict security definer parallel safe cost 7 set search_path = public, pg_temp",
      ),
      steps: ["Change the function slugify(text)"],
    },
    {
      name: "changes its language in place",
      old: lower,
      new: slugify("begin return lower(t); end", "slugify(t text) returns text", "language plpgsql"),
      steps: ["Change the function slugify(text)"],
      rows: { "select slugify('A') as a": [{ a: "a" }] },
    },
    {
      name: "names an argument in place that had no name",
      old: slugify("select lower($1)", "slugify(text) returns text"),
      new: lower,
      steps: ["Change the function slugify(text)"],
    },
    {
      name: "gives an argument a default in place",
      old: lower,
      new: slugify("select lower(t)", "slugify(t text default 'x') returns text"),
      steps: ["Change the function slugify(text)"],
    },
    {
      name: "makes a function again that loses a default",
      old: slugify("select lower(t)", "slugify(t text default 'x') returns text"),
      new: lower,
      steps: ["Drop the function slugify(text), to make it again", "Make the function slugify(text) again"],
    },
    {
      name: "makes a function again whose argument gets another name, with the rights on it and without those of all",
      old: lower,
      seed: `${role} revoke execute on function slugify(text) from public; grant execute on function slugify(text) to stk_reader`,
      new: slugify("select lower(word)", "slugify(word text) returns text"),
      rows: {
        ...mayOf(true),
        "select count(*)::int as n from pg_proc, aclexplode(proacl) a where pronamespace = 'public'::regnamespace and proname = 'slugify' and a.grantee = 0":
          [{ n: 0 }],
      },
      more: true,
    },
    {
      name: "makes a function again that returns another type, and gives nobody a right that they had not",
      old: lower,
      seed: `${role} revoke execute on function slugify(text) from public`,
      new: slugify("select length(t)", "slugify(t text) returns int"),
      rows: mayOf(false),
      more: true,
    },
    {
      name: "takes back what default privileges give to a function that is made again",
      old: lower,
      seed: `${role} revoke execute on function slugify(text) from public;
        alter default privileges in schema public grant execute on functions to stk_reader`,
      new: slugify("select length(t)", "slugify(t text) returns int"),
      rows: {
        ...mayOf(false),
        "alter default privileges in schema public revoke execute on functions from stk_reader": [],
      },
      more: true,
    },
    {
      name: "another signature is another function, and the old one is only noticed",
      old: lower,
      new: slugify("select left(lower(t), n)", "slugify(t text, n int) returns text"),
      steps: ["Create the function slugify(text, integer)"],
      notices: ["slugify(text)"],
      more: true,
    },
    {
      name: "drops the one of several whose removal is declared",
      old: fn(
        "slugify",
        "create function slugify(t text) returns text return lower(t);",
        "create function slugify(t text, n int) returns text return left(lower(t), n);",
      ),
      new: `${lower.replace("language sql immutable as $$ select lower(t) $$", "return lower(t)")}removed: { functions: ["slugify(text,integer)"] }`,
      steps: ["Drop the function slugify(text, integer)"],
    },
    {
      name: "overloads, defaults, variadics, tables, sets, inout and arrays",
      new: fn(
        "f",
        "create function f() returns void language sql as '';",
        "create function f(a int, b int[] default '{1,2}', variadic c text[] default '{}') returns setof int language sql as 'select 1';",
        "create function f(a numeric(10,2), out x int, out y text) language sql as $$ select 1, 'a' $$;",
        "create function f(inout a uuid) language sql as 'select a';",
        "create function f(d date) returns table (x int, y timestamp with time zone) rows 5 language sql as 'select 1, now()';",
        'create function f("Odd" "char") returns "char" language sql as $f$ select $1 $f$;',
      ),
      rows: {
        "select count(*)::int as n from pg_proc where pronamespace = 'public'::regnamespace and proname = 'f'":
          [{ n: 6 }],
      },
    },
    {
      name: "makes a function again whose columns change",
      old: fn("f", "create function f() returns table (x int) language sql as 'select 1';"),
      new: fn("f", "create function f() returns table (x int, y int) language sql as 'select 1, 2';"),
      steps: ["Drop the function f(), to make it again", "Make the function f() again"],
    },
    {
      name: "makes a function again whose out argument gets another name",
      old: fn("f", "create function f(out x int, out y int) language sql as 'select 1, 2';"),
      new: fn("f", "create function f(out x int, out z int) language sql as 'select 1, 2';"),
      steps: ["Drop the function f(), to make it again", "Make the function f() again"],
    },
    {
      name: "functions that call each other, in whichever order",
      new: `functions:
  even: { sql: "create function even(n int) returns boolean language sql as $$ select case n when 0 then true else odd(n - 1) end $$" }
  odd: { sql: "create function odd(n int) returns boolean language sql as $$ select case n when 0 then false else even(n - 1) end $$" }
`,
      rows: { "select even(4) as even": [{ even: true }] },
    },
    {
      name: "a body that is parsed at once rests on tables and functions that are made before it",
      new: `tables: { tasks: { columns: { id: { type: int, primaryKey: true }, title: { type: text } } } }
functions:
  a: { sql: "create function a(n int) returns text begin atomic select b(title) from tasks where id = n; end" }
  b: { sql: "create function b(t text) returns text return upper(t)" }
`,
      steps: ["Create the table tasks", "Create the function b(text)", "Create the function a(integer)"],
    },
    {
      name: "rows as arguments and as results",
      new: `tables: { tasks: { columns: { id: { type: int, primaryKey: true }, title: { type: text } } } }
functions:
  shown: { sql: "create function shown(t tasks) returns text language sql stable as $$ select t.title $$" }
  open: { sql: "create function open() returns setof tasks language sql stable as $$ select * from tasks $$" }
views: { titles: { sql: "select shown(t) as title from open() t" } }
`,
      rows: { "select * from titles": [] },
    },
    {
      name: "a function in another file's words that only a role may call",
      old: lower,
      new: `${lower}removed: { functions: ["nothing(text)"] }`,
      steps: [],
    },
    {
      name: "drops a function whose removal is declared",
      old: lower,
      new: `removed: { functions: ["slugify(text)"] }`,
      steps: ["Drop the function slugify(text)"],
    },
    {
      name: "does not drop a function that an aggregate rests on, which cannot be declared",
      old: fn("add", "create function add(a int, b int) returns int language sql as 'select a + b';"),
      seed: "create aggregate total(int) (sfunc = add, stype = int)",
      new: `removed: { functions: ["add(integer, integer)"] }`,
      blocked: [
        "still_used add(integer, integer): The function add(integer, integer) is declared as removed, and other things rest on it: function total(integer).",
      ],
      notices: ["total(integer)"],
    },
    {
      name: "leaves alone what an extension brought and the functions of a range type",
      old: lower,
      seed: "create extension pg_trgm; create type span as range (subtype = int)",
      new: lower,
      steps: [],
      notices: ["pg_trgm", "span"],
      more: true,
    },
  ],
  freshDatabase,
);
