import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const tasks = `tables: { tasks: { columns: { id: { type: int, primaryKey: true }, title: { type: text } } } }`;

await runCases(
  [
    {
      name: "creates a table",
      new: tasks,
      steps: ["Create the table tasks"],
      sql: [
        'create table "tasks" (\n  "id" integer not null,\n  "title" text,\n  constraint "tasks_pkey" PRIMARY KEY (id)\n)',
      ],
    },
    {
      name: "changes nothing where nothing is declared anew",
      old: tasks,
      seed: "insert into tasks values (1, 'a')",
      new: tasks,
      steps: [],
    },
    {
      name: "adds a table beside another",
      old: tasks,
      seed: "insert into tasks values (1, 'a')",
      new: `tables: { tasks: { columns: { id: { type: int, primaryKey: true }, title: { type: text } } }, notes: { columns: { body: { type: text } } } }`,
      steps: ["Create the table notes"],
    },
    {
      name: "leaves a table alone that is no longer declared",
      old: tasks,
      seed: "insert into tasks values (1, 'a')",
      new: "{}",
      steps: [],
      notices: ["tasks"],
      more: true,
    },
    {
      name: "leaves alone what it does not know",
      old: tasks,
      seed: `insert into tasks values (1, 'a'); create view open_tasks as select * from tasks; create sequence numbers;
        create function one() returns int language sql as 'select 1'; create domain mail as text;
        create materialized view titles as select title from tasks; create type pair as (a int, b int);
        create table "Other Table" (a int);
        create function t() returns trigger language plpgsql as 'begin return new; end'`,
      new: tasks,
      steps: [],
      notices: ["Other Table", "mail", "pair", "numbers", "one()", "t()", "open_tasks", "titles"],
      more: true,
    },
    {
      name: "takes no table for another kind of thing",
      seed: "create view tasks as select 1 as id",
      new: tasks,
      blocked: ["name_taken tasks: The table tasks is declared, and the database has a view of that name."],
      notices: ["tasks"],
    },
    {
      name: "quotes names that are words of SQL",
      new: `enums: { user: [select, "or'else"] }
tables: { order: { columns: { select: { type: int, primaryKey: true }, user: { type: user, nullable: false, default: "or'else" }, from: { type: "user[]" } }, indexes: [{ columns: [user] }] },
  group: { columns: { order: { type: int, references: order.select } } } }`,
      steps: [
        "Create the enum user",
        "Create the table order",
        "Create the table group",
        "Create the index order_user_idx on order",
        "Add the foreign key group_order_fkey to group",
      ],
    },
    {
      name: "ignores other schemas",
      seed: "create schema other; create table other.tasks (id text)",
      new: tasks,
      steps: ["Create the table tasks"],
      more: true,
    },
    {
      name: "makes tables without columns and with many",
      new: `tables: { nothing: { columns: {} }, wide: { columns: { ${Array.from({ length: 60 }, (_, n) => `c${n}: { type: int }`).join(", ")} } } }`,
      steps: ["Create the table nothing", "Create the table wide"],
    },
  ],
  freshDatabase,
);
