import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const touch =
  'functions: { touch: { sql: "create function touch() returns trigger language plpgsql as $$ begin return coalesce(new, old); end $$" } }\n';
const columns = "{ id: { type: int, primaryKey: true }, title: { type: text }, done: { type: boolean } }";
const tasks = (triggers = ""): string =>
  `${touch}tables: { tasks: { columns: ${columns}${triggers === "" ? "" : `, triggers: { ${triggers} }`} } }\n`;
const rows = "insert into tasks values (1, 'a', false)";

await runCases(
  [
    {
      name: "creates a trigger after its function and its table",
      new: tasks("t: { before: [insert, update], execute: touch() }"),
      steps: ["Create the table tasks", "Create the function touch()", "Create the trigger t of tasks"],
    },
    {
      name: "adds a trigger to a table with rows",
      old: tasks(),
      seed: rows,
      new: tasks("t: { after: [delete], execute: touch() }"),
      steps: ["Create the trigger t of tasks"],
    },
    {
      name: "drops a trigger that is not declared of a table that is",
      old: tasks("t: { after: [delete], execute: touch() }"),
      seed: rows,
      new: tasks(),
      sql: ['drop trigger "t" on "tasks"'],
    },
    {
      name: "leaves a trigger alone that is written in other words",
      old: tasks(
        "t: { before: [update, insert], columns: [title, done], when: new.id > 0, execute: touch() }",
      ),
      new: tasks(
        't: { before: [insert, update], columns: [title, done], forEach: row, when: "(NEW.id>0)", execute: public.touch( ), enabled: origin }',
      ),
      steps: [],
    },
    {
      name: "every form of a trigger is the same when it is planned again",
      new: tasks(
        [
          "a: { before: [insert, update, delete], execute: touch() }",
          "b: { after: [truncate], forEach: statement, execute: touch() }",
          "c: { after: [update], columns: [title], forEach: row, when: old.title is distinct from new.title, execute: \"touch('a', 'b''c', 1)\" }",
          "d: { after: [update], forEach: statement, oldTable: before, newTable: after, execute: touch() }",
          "e: { after: [insert], forEach: statement, newTable: Added, execute: touch() }",
          "f: { after: [insert, delete], constraint: initially deferred, execute: touch() }",
          "g: { after: [insert], constraint: deferrable, when: new.done, execute: touch() }",
          "h: { after: [insert], constraint: not deferrable, execute: touch() }",
          "i: { before: [insert], enabled: disabled, execute: touch() }",
          "j: { before: [insert], enabled: always, execute: touch() }",
          "k: { before: [insert], enabled: replica, execute: touch() }",
          "Odd: { before: [insert], execute: touch() }",
        ].join(", "),
      ),
      rows: {
        "select count(*)::int as n from pg_trigger where tgrelid = 'tasks'::regclass and not tgisinternal": [
          { n: 12 },
        ],
      },
    },
    {
      name: "makes a trigger again whose event changes",
      old: tasks("t: { before: [insert], execute: touch() }"),
      seed: rows,
      new: tasks("t: { after: [insert], execute: touch() }"),
      steps: ["Drop the trigger t of tasks, to make it again", "Make the trigger t of tasks again"],
    },
    {
      name: "makes a trigger again whose condition changes, and keeps it disabled",
      old: tasks("t: { before: [insert], when: new.done, enabled: disabled, execute: touch() }"),
      new: tasks("t: { before: [insert], when: not new.done, enabled: disabled, execute: touch() }"),
      rows: {
        "select tgenabled::text as state from pg_trigger where tgrelid = 'tasks'::regclass and tgname = 't'":
          [{ state: "D" }],
      },
    },
    ...(["always", "replica", "disabled"] as const).map((enabled) => ({
      name: `sets a trigger to ${enabled} in place`,
      old: tasks("t: { before: [insert], execute: touch() }"),
      new: tasks(`t: { before: [insert], enabled: ${enabled}, execute: touch() }`),
      steps: ["Change the trigger t of tasks"],
    })),
    {
      name: "enables a trigger that somebody disabled",
      old: tasks("t: { before: [insert], execute: touch() }"),
      seed: "alter table tasks disable trigger t",
      new: tasks("t: { before: [insert], execute: touch() }"),
      sql: ['alter table "tasks" enable trigger "t"'],
    },
    {
      name: "a trigger becomes a constraint trigger, and another table has one of the same name",
      old: `${tasks("t: { after: [insert], execute: touch() }").trimEnd().slice(0, -1)}, notes: { columns: { id: { type: int } }, triggers: { t: { after: [insert], execute: touch() } } } }`,
      new: `${tasks("t: { after: [insert], constraint: deferrable, execute: touch() }").trimEnd().slice(0, -1)}, notes: { columns: { id: { type: int } }, triggers: { t: { after: [insert], execute: touch() } } } }`,
      steps: ["Drop the trigger t of tasks, to make it again", "Make the trigger t of tasks again"],
    },
    {
      name: "a view that is written to through a trigger",
      new: `${tasks()}views: { open: { sql: select id from tasks, triggers: { w: { insteadOf: [insert], execute: touch() } } } }`,
      steps: [
        "Create the table tasks",
        "Create the function touch()",
        "Create the view open",
        "Create the trigger w of open",
      ],
    },
    {
      name: "a view that is made again has its triggers again",
      old: `${tasks()}views: { open: { sql: "select id, title from tasks", triggers: { w: { insteadOf: [insert], execute: touch() } } } }`,
      new: `${tasks()}views: { open: { sql: select id from tasks, triggers: { w: { insteadOf: [insert], execute: touch() } } } }`,
      steps: [
        "Drop the trigger w of open, to make it again",
        "Drop the view open, to make it again",
        "Make the view open again",
        "Make the trigger w of open again",
      ],
    },
    {
      name: "takes a trigger from a view",
      old: `${tasks()}views: { open: { sql: select id from tasks, triggers: { w: { insteadOf: [insert], execute: touch() } } } }`,
      new: `${tasks()}views: { open: { sql: select id from tasks } }`,
      steps: ["Drop the trigger w of open"],
    },
    {
      name: "drops a trigger along with its table, and says so",
      old: tasks("t: { before: [insert], execute: touch() }"),
      seed: rows,
      new: `${touch}removed: { tables: [tasks] }`,
      steps: ["Drop the table tasks"],
      destroys: { "Drop the table tasks": 1 },
      rows: {},
    },
    {
      name: "leaves a table's triggers alone that is not declared",
      old: tasks(),
      seed: "create table outside (id int); create trigger t before insert on outside for each row execute function touch()",
      new: tasks(),
      steps: [],
      notices: ["outside"],
      more: true,
    },
    {
      name: "drops a function along with the trigger that called it",
      old: tasks("t: { before: [insert], execute: touch() }"),
      new: `tables: { tasks: { columns: ${columns} } }\nremoved: { functions: [touch()] }`,
      steps: ["Drop the trigger t of tasks", "Drop the function touch()"],
    },
    {
      name: "does not drop a function that a table's trigger calls which is not declared",
      old: tasks(),
      seed: "create table outside (id int); create trigger t before insert on outside for each row execute function touch()",
      new: `tables: { tasks: { columns: ${columns} } }\nremoved: { functions: [touch()] }`,
      blocked: [
        "still_used touch(): The function touch() is declared as removed, and other things rest on it: trigger outside.t.",
      ],
      notices: ["outside"],
    },
    {
      name: "a trigger of columns follows a column's new name",
      old: tasks("t: { before: [update], columns: [title], when: old.title <> new.title, execute: touch() }"),
      seed: rows,
      new: tasks(
        "t: { before: [update], columns: [name], when: old.name <> new.name, execute: touch() }",
      ).replace("title: { type: text }", "name: { type: text, renamedFrom: title }"),
      steps: ["Rename the column tasks.title to name"],
      rows: {},
    },
    {
      name: "a trigger on a partitioned table is on its partitions too, and is theirs no more",
      old: `${touch}tables: { log: { columns: { at: { type: int } }, partitionBy: { range: [at] }, partitions: { log_1: { from: 0, to: 9 } }, triggers: { t: { after: [insert], execute: touch() } } } }`,
      new: `${touch}tables: { log: { columns: { at: { type: int } }, partitionBy: { range: [at] }, partitions: { log_1: { from: 0, to: 9 } } } }`,
      steps: ["Drop the trigger t of log"],
    },
  ],
  freshDatabase,
);
