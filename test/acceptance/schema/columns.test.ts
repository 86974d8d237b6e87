import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const id = "id: { type: int, primaryKey: true }";
const tasks = (...columns: string[]): string =>
  `tables: { tasks: { columns: { ${[id, ...columns].join(", ")} } } }`;
const threeRows = "insert into tasks (id) values (1), (2), (3)";

await runCases(
  [
    {
      name: "adds a nullable column",
      old: tasks(),
      seed: threeRows,
      new: tasks("due: { type: date }"),
      steps: ["Add the column tasks.due"],
      sql: ['alter table "tasks" add column "due" date'],
    },
    {
      name: "adds a required column with a default",
      old: tasks(),
      seed: threeRows,
      new: tasks("points: { type: int, nullable: false, default: 5 }"),
      sql: ['alter table "tasks" add column "points" integer not null default 5'],
      rows: { "select distinct points from tasks": [{ points: 5 }] },
    },
    {
      name: "adds a required column without a default to an empty table",
      old: tasks(),
      new: tasks("points: { type: int, nullable: false }"),
      steps: ["Add the column tasks.points"],
    },
    {
      name: "refuses a required column without a default where there are rows",
      old: tasks(),
      seed: threeRows,
      new: tasks("points: { type: int, nullable: false }"),
      blocked: [
        "column_without_value tasks.points: Each of 3 rows of tasks would have no value in the new column points, which must not be null.",
      ],
    },
    {
      name: "never drops a column",
      old: tasks("notes: { type: text }"),
      seed: "insert into tasks values (1, 'kept')",
      new: tasks(),
      blocked: [
        "column_not_declared tasks.notes: The table tasks has a column notes, which is not declared. To drop it would lose its data.",
      ],
    },
    {
      name: "takes a renamed column for one that would be lost",
      old: tasks("title: { type: text }"),
      new: tasks("name: { type: text }"),
      blocked: [
        "column_not_declared tasks.title: The table tasks has a column title, which is not declared. To drop it would lose its data.",
      ],
    },
    {
      name: "requires a value where every row has one",
      old: tasks("title: { type: text }"),
      seed: "insert into tasks values (1, 'a')",
      new: tasks("title: { type: text, nullable: false }"),
      steps: ["Refuse null in tasks.title"],
      sql: ['alter table "tasks" alter column "title" set not null'],
    },
    {
      name: "refuses to require a value where a row has none",
      old: tasks("title: { type: text }"),
      seed: "insert into tasks values (1, 'a'), (2, null)",
      new: tasks("title: { type: text, nullable: false }"),
      blocked: ["null_values tasks.title: 1 row of tasks has null in title."],
    },
    {
      name: "allows null again",
      old: tasks("title: { type: text, nullable: false }"),
      seed: "insert into tasks values (1, 'a')",
      new: tasks("title: { type: text }"),
      steps: ["Allow null in tasks.title"],
    },
    {
      name: "adds several columns, keys and checks to one table",
      old: tasks(),
      seed: threeRows,
      new: tasks(
        "a: { type: int, unique: true }",
        "b: { type: text, check: length(b) < 9 }",
        "c: { type: int, references: tasks.id }",
      ),
      steps: [
        "Add the column tasks.a",
        "Add the column tasks.b",
        "Add the column tasks.c",
        "Add the check tasks_b_check to tasks",
        "Add the unique constraint tasks_a_key to tasks",
        "Add the foreign key tasks_c_fkey to tasks",
      ],
    },
    {
      name: "makes plain columns of what is not declared as identity or generated, and keeps the values",
      seed: "create table tasks (id int generated always as identity primary key, a int, b int generated always as (a * 2) stored); insert into tasks (a) values (4)",
      new: tasks("a: { type: int }", "b: { type: int }"),
      steps: ["Make tasks.id a plain column", "Make tasks.b a plain column, which keeps its values"],
    },
    {
      name: "does not mind the order of columns",
      old: tasks("a: { type: int }", "b: { type: text }"),
      seed: "insert into tasks values (1, 2, 'c')",
      new: tasks("b: { type: text }", "a: { type: int }"),
      steps: [],
    },
  ],
  freshDatabase,
);
