import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const tasks = (...columns: string[]): string =>
  `tables: { tasks: { columns: { ${["id: { type: int, primaryKey: true }", ...columns].join(", ")} } } }\n`;
const titled = tasks("title: { type: text }", "done: { type: boolean }");
const view = (sql: string, more = ""): string => `views: { open: { sql: "${sql}"${more} } }\n`;
const rows = "insert into tasks (id, title, done) values (1, 'a', false), (2, 'b', true)";
const select = "select id, title from tasks where not done";
const role = `do $$ begin create role stk_reader; exception when duplicate_object or unique_violation then null; end $$;`;
const mayRead = "select has_table_privilege('stk_reader', 'open', 'select') as may";

await runCases(
  [
    {
      name: "creates a view",
      old: titled,
      seed: rows,
      new: titled + view(select),
      steps: ["Create the view open"],
      rows: { "select * from open": [{ id: 1, title: "a" }] },
    },
    {
      name: "creates a view along with its table",
      new: titled + view(select),
      steps: ["Create the table tasks", "Create the view open"],
    },
    {
      name: "names the columns of a view",
      old: titled,
      new: `${titled}views: { open: { sql: "select id, title from tasks", columns: [number, name] } }`,
      rows: { "select number, name from open": [] },
    },
    {
      name: "creates views that rest on one another, whichever is declared first",
      new: `${titled}views: { a: { sql: select id from b }, b: { sql: select id from c }, c: { sql: select id from tasks } }`,
      steps: ["Create the table tasks", "Create the view c", "Create the view b", "Create the view a"],
    },
    {
      name: "leaves a view alone that is spelled in another way",
      old: titled + view(select),
      new: titled + view("SELECT tasks.id, tasks.title FROM tasks WHERE (NOT tasks.done);"),
      steps: [],
    },
    {
      name: "replaces a view in place whose condition changes",
      old: titled + view(select),
      seed: `${role} grant select on open to stk_reader; ${rows}`,
      new: titled + view("select id, title from tasks where done"),
      steps: ["Change the view open"],
      rows: { "select * from open": [{ id: 2, title: "b" }], [mayRead]: [{ may: true }] },
      more: true,
    },
    {
      name: "replaces a view in place whose columns are appended to",
      old: titled + view(select),
      seed: "create view outside as select id from open",
      new: titled + view("select id, title, done from tasks where not done"),
      steps: ["Change the view open"],
      notices: ["outside"],
      more: true,
    },
    {
      name: "makes a view again that loses a column, with the rights on it",
      old: titled + view(select),
      seed: `${role} grant select on open to stk_reader with grant option; grant select on open to public; ${rows}`,
      new: titled + view("select id from tasks where not done"),
      steps: [
        "Drop the view open, to make it again",
        "Make the view open again",
        "Make the view open again",
        "Make the view open again",
      ],
      rows: {
        "select * from open": [{ id: 1 }],
        "select has_table_privilege('stk_reader', 'open', 'select with grant option') as may": [
          { may: true },
        ],
      },
      more: true,
    },
    {
      name: "gives back an owner and takes back what default privileges would add",
      old: titled + view(select),
      seed: `${role} alter default privileges in schema public grant select on tables to stk_reader;
        alter view open owner to pg_monitor`,
      new: titled + view("select id from tasks where not done"),
      rows: {
        [mayRead]: [{ may: false }],
        "select relowner::regrole::text as owner from pg_class where oid = 'open'::regclass": [
          { owner: "pg_monitor" },
        ],
        "alter default privileges in schema public revoke select on tables from stk_reader": [],
      },
      more: true,
    },
    {
      name: "makes a view again whose column changes its type",
      old: titled + view(select),
      new: titled + view("select id::bigint as id, title from tasks where not done"),
      steps: ["Drop the view open, to make it again", "Make the view open again"],
    },
    {
      name: "renames a column of a view in place",
      old: titled + view(select),
      seed: "create view outside as select title from open",
      new: titled + view("select id, title as name from tasks where not done"),
      steps: ["Change the view open", "Change the view open"],
      notices: ["outside"],
      more: true,
    },
    {
      name: "makes a view again whose columns change places",
      old: titled + view("select id, title, done from tasks"),
      new: titled + view("select title, id, done from tasks"),
      steps: ["Drop the view open, to make it again", "Make the view open again"],
    },
    {
      name: "sets a view's options, and takes them away",
      old: titled + view(select, ", securityBarrier: true"),
      new: titled + view(select, ", checkOption: local"),
      steps: ["Change the view open"],
    },
    {
      name: "keeps options that a person wrote in other words",
      old: titled + view(select),
      seed: "alter view open set (security_barrier = on, check_option = 'LOCAL')",
      new: titled + view(select, ", securityBarrier: true, checkOption: local"),
      steps: [],
      more: true,
    },
    {
      name: "lets a view be read with the rights of who reads",
      old: titled + view(select),
      new: titled + view(select, ", securityInvoker: true"),
      steps: ["Change the view open"],
    },
    {
      name: "an option that is false is none",
      old: titled + view(select),
      new: titled + view(select, ", securityBarrier: false"),
      steps: [],
      more: true,
    },
    {
      name: "drops a view whose removal is declared",
      old: titled + view(select),
      new: `${titled}removed: { views: [open] }`,
      steps: ["Drop the view open"],
    },
    {
      name: "only notices a view that is not declared",
      old: titled + view(select),
      new: titled,
      steps: [],
      notices: ["open"],
      more: true,
    },
    {
      name: "does not drop a view that another rests on which is not declared",
      old: titled + view(select),
      seed: "create view outside as select id from open",
      new: `${titled}removed: { views: [open] }`,
      blocked: [
        "still_used open: The view open is declared as removed, and other things rest on it: view outside.",
      ],
      notices: ["outside"],
    },
    {
      name: "drops views that rest on one another",
      old: `${titled}views: { a: { sql: select id from b }, b: { sql: select id from tasks } }`,
      new: `${titled}removed: { views: [b, a] }`,
      steps: ["Drop the view a", "Drop the view b"],
    },
    {
      name: "replaces a view beneath another that then uses its new column",
      old: `${titled}views: { a: { sql: select id from b }, b: { sql: select id from tasks } }`,
      new: `${titled}views: { a: { sql: "select id, title from b" }, b: { sql: "select id, title from tasks" } }`,
      steps: ["Change the view b", "Change the view a"],
    },
    {
      name: "lets two views take each other's place",
      old: `${titled}views: { a: { sql: select id from b }, b: { sql: select id from tasks } }`,
      new: `${titled}views: { b: { sql: select id from a }, a: { sql: select id from tasks } }`,
      steps: ["Change the view a", "Change the view b"],
    },
    {
      name: "takes recursion, windows, unions, lateral joins and quotes in names",
      old: `tables: { "TaskList": { columns: { "Id": { type: int, primaryKey: true }, "upTo": { type: int } } } }`,
      new: `tables: { "TaskList": { columns: { "Id": { type: int, primaryKey: true }, "upTo": { type: int } } } }
views:
  "AllTasks":
    sql: |
      with recursive below as (
        select "Id", 0 as depth from "TaskList" where "upTo" is null
        union all
        select t."Id", depth + 1 from "TaskList" t join below on t."upTo" = below."Id"
      )
      select "Id", depth, rank() over (order by depth) as "the ""rank""", n
      from below cross join lateral (select count(*) as n from "TaskList" u where u."upTo" = below."Id") counted
      union select 0, 0, 0, 0;
  constants: { sql: "select * from (values (1, 'one'), (2, 'two')) as t (number, word)" }
`,
      steps: ["Create the view AllTasks", "Create the view constants"],
    },
    {
      name: "takes a view of no table, of one, and of a whole row",
      old: titled,
      new: `${titled}views: { now: { sql: "select current_date as today, extract(year from now()) as year" }, every: { sql: "table tasks" }, whole: { sql: "select t, count(*) as n from tasks t group by t" } }`,
    },
    {
      name: "finds a view's name taken by a table that is not declared",
      old: titled,
      seed: "create table open (id int)",
      new: titled + view(select),
      blocked: ["name_taken open: The view open is declared, and the database has a table of that name."],
      notices: ["open"],
    },
  ],
  freshDatabase,
);
