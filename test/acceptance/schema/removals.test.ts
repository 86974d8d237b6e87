import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const id = "id: { type: int, primaryKey: true }";
const tasks = (...columns: string[]): string =>
  `tables: { tasks: { columns: { ${[id, ...columns].join(", ")} } } }`;
const titled = tasks("title: { type: text }");
const threeTasks = "insert into tasks values (1, 'a'), (2, 'b'), (3, null)";
const withoutTitle = `${tasks()}\nremoved: { columns: { tasks: [title] } }`;
const kept = { "select * from tasks order by id": [{ id: 1 }, { id: 2 }, { id: 3 }] };

const family = `tables:
  parents: { columns: { ${id}, favourite: { type: int, references: children.id } } }
  children: { columns: { ${id}, parent: { type: int, references: parents.id } } }
`;
const familyRows = `insert into parents values (1), (2); insert into children values (1, 1);
  update parents set favourite = 1 where id = 1`;

await runCases(
  [
    {
      name: "tables go whose policies look at each other's table, and at a view of their own",
      old: `tables:
  a: { columns: { id: { type: int } }, rowSecurity: { policies: { as_b: { using: id in (select id from b) }, seen: { using: id in (select id from v) } } } }
  b: { columns: { id: { type: int } }, rowSecurity: { policies: { as_a: { using: id in (select id from a) }, own: { using: id > 0 } } } }
views: { v: { sql: select id from a } }`,
      new: "removed: { tables: [a, b], views: [v] }",
      steps: [
        "Drop the policy as_b of a",
        "Drop the policy seen of a",
        "Drop the policy as_a of b",
        "Drop the view v",
        "Drop the table a",
        "Drop the table b",
      ],
      destroys: { "Drop the table a": 0, "Drop the table b": 0 },
      rows: {},
    },
    {
      name: "drops a column that is declared as removed, and says how many values go",
      old: titled,
      seed: threeTasks,
      new: withoutTitle,
      steps: ["Drop the column tasks.title"],
      sql: ['alter table "tasks" drop column "title"'],
      destroys: { "Drop the column tasks.title": 2 },
      rows: kept,
    },
    {
      name: "drops the keys, checks and indexes of a column before it",
      old: `tables: { tasks: { columns: { ${id}, a: { type: int, unique: true, check: a > 0 }, b: { type: int, references: tasks.id } }, unique: [[a, b]], indexes: [{ columns: [b, a] }, { columns: [{ expression: a + 1 }] }] } }`,
      seed: "insert into tasks values (1, 5, 1)",
      new: `${tasks()}\nremoved: { columns: { tasks: [a, b] } }`,
      steps: [
        "Drop the foreign key tasks_b_fkey of tasks",
        "Drop the check tasks_a_check of tasks",
        "Drop the unique constraint tasks_a_key of tasks",
        "Drop the unique constraint tasks_a_b_key of tasks",
        "Drop the index tasks_b_a_idx of tasks",
        "Drop the index tasks_expr_idx of tasks",
        "Drop the column tasks.a",
        "Drop the column tasks.b",
      ],
      destroys: { "Drop the column tasks.a": 1, "Drop the column tasks.b": 1 },
      rows: { "select * from tasks": [{ id: 1 }] },
    },
    {
      name: "drops a serial column with its sequence",
      old: tasks("n: { type: serial }"),
      seed: "insert into tasks values (1)",
      new: `${tasks()}\nremoved: { columns: { tasks: [n] } }`,
      steps: ["Drop the column tasks.n"],
      destroys: { "Drop the column tasks.n": 1 },
      rows: { "select * from tasks": [{ id: 1 }] },
    },
    {
      name: "drops a table that is declared as removed, and says how many rows go",
      old: `tables: { tasks: { columns: { ${id} } }, notes: { columns: { task: { type: int, references: tasks.id }, n: { type: serial } }, indexes: [{ columns: [n] }] } }`,
      seed: "insert into tasks values (1); insert into notes values (1), (null)",
      new: `${tasks()}\nremoved: { tables: [notes] }`,
      steps: ["Drop the table notes"],
      sql: ['drop table "notes"'],
      destroys: { "Drop the table notes": 2 },
      rows: { "select * from tasks": [{ id: 1 }] },
    },
    {
      name: "drops tables that refer to each other in a circle",
      old: family,
      seed: familyRows,
      new: "removed: { tables: [parents, children] }",
      steps: [
        "Drop the foreign key parents_favourite_fkey of parents",
        "Drop the foreign key children_parent_fkey of children",
        "Drop the table parents",
        "Drop the table children",
      ],
      destroys: { "Drop the table parents": 2, "Drop the table children": 1 },
      rows: {},
    },
    {
      name: "drops a table and the column that refers to it",
      old: family.replace("references: children.id", "unique: true"),
      seed: "insert into parents values (1, 2); insert into children values (1, 1)",
      new: `tables: { children: { columns: { ${id} } } }\nremoved: { tables: [parents], columns: { children: [parent] } }`,
      steps: [
        "Drop the foreign key children_parent_fkey of children",
        "Drop the table parents",
        "Drop the column children.parent",
      ],
      destroys: { "Drop the table parents": 1, "Drop the column children.parent": 1 },
      rows: { "select * from children": [{ id: 1 }] },
    },
    {
      name: "drops the triggers and policies of a table along with it, and no notice says otherwise",
      old: titled,
      seed: `${threeTasks}; create policy mine on tasks; create function t() returns trigger language plpgsql as 'begin return new; end';
        create trigger touch before update on tasks for each row execute function t()`,
      new: "removed: { tables: [tasks] }",
      steps: ["Drop the table tasks"],
      destroys: { "Drop the table tasks": 3 },
      notices: ["t()"],
      rows: {},
      more: true,
    },
    {
      name: "drops an enum, and the column that was of it",
      old: `enums: { mood: [good, bad] }
tables: { tasks: { columns: { ${id}, mood: { type: mood, default: good, check: mood <> 'bad' }, all: { type: "mood[]" } } } }`,
      seed: "insert into tasks values (1, 'good', '{bad}')",
      new: `tables: { tasks: { columns: { ${id}, all: { type: "text[]" } } } }\nremoved: { columns: { tasks: [mood] }, enums: [mood] }`,
      steps: [
        "Drop the check tasks_mood_check of tasks",
        "Drop the column tasks.mood",
        "Change the type of tasks.all from mood[] to text[]",
        "Drop the enum mood",
      ],
      destroys: { "Drop the column tasks.mood": 1 },
      rows: { "select * from tasks": [{ id: 1, all: ["bad"] }] },
    },
    {
      name: "moves a column to another enum and drops the one that it had",
      old: `enums: { mood: [good, bad, odd] }
tables: { tasks: { columns: { ${id}, m: { type: mood, default: good } }, indexes: [{ columns: [id], where: m = 'good' }] } }`,
      seed: "insert into tasks values (1, 'bad')",
      new: `enums: { temper: [bad, good] }
tables: { tasks: { columns: { ${id}, m: { type: temper, default: good } }, indexes: [{ columns: [id], where: m = 'good' }] } }
removed: { enums: [mood] }`,
      rows: { "select id, m::text from tasks": [{ id: 1, m: "bad" }] },
    },
    {
      name: "does nothing more where what is removed has gone",
      old: tasks(),
      seed: "insert into tasks values (1)",
      new: `${tasks()}\nremoved: { tables: [notes], columns: { tasks: [title] }, enums: [mood] }`,
      steps: [],
    },
    {
      name: "drops a column of a table that is renamed at once",
      old: titled,
      seed: threeTasks,
      new: `tables: { jobs: { renamedFrom: tasks, columns: { ${id} } } }\nremoved: { columns: { jobs: [title] } }`,
      steps: [
        "Drop the column tasks.title",
        "Rename the constraint tasks_pkey of tasks to jobs_pkey",
        "Rename the table tasks to jobs",
      ],
      destroys: { "Drop the column tasks.title": 2 },
      rows: { "select * from jobs order by id": [{ id: 1 }, { id: 2 }, { id: 3 }] },
    },
    {
      name: "drops what has a name that no declaration could have",
      seed: `create table tasks (id int constraint tasks_pkey primary key, "is ""it""" int); create table "Old Table" (a int)`,
      new: `${tasks()}\nremoved: { tables: [Old Table], columns: { tasks: ['is "it"'] } }`,
      sql: ['drop table "Old Table"', 'alter table "tasks" drop column "is ""it"""'],
      destroys: { "Drop the table Old Table": 0, 'Drop the column tasks.is "it"': 0 },
      rows: {},
    },
    {
      name: "drops no column that a view shows, and names the view",
      old: titled,
      seed: `${threeTasks}; create view titles as select title from tasks`,
      new: withoutTitle,
      blocked: [
        "still_used tasks.title: The column title of tasks is declared as removed, and other things rest on it: view titles.",
      ],
      wayOut:
        "Drop these yourself first, or declare their removal too. Nothing is dropped along with another thing.",
      notices: ["titles"],
    },
    {
      name: "drops a column with the key and the index of it that are not declared",
      old: titled,
      seed: `${threeTasks}; alter table tasks add constraint one unique (title) deferrable; create index two on tasks (id) include (title)`,
      new: withoutTitle,
      destroys: { "Drop the column tasks.title": 2 },
      rows: { "select count(*)::int from tasks": [{ count: 3 }] },
    },
    {
      name: "drops no column that a generated column reads; a policy and a trigger of its table go before it",
      old: titled,
      seed: `${threeTasks}; create policy mine on tasks using (title = 'a'); alter table tasks add column size int generated always as (length(title)) stored;
        create function t() returns trigger language plpgsql as 'begin return new; end';
        create trigger touch before update of title on tasks for each row execute function t()`,
      new: `tables: { tasks: { columns: { ${id}, size: { type: int } } } }\nremoved: { columns: { tasks: [title] } }`,
      blocked: [
        "still_used tasks.title: The column title of tasks is declared as removed, and other things rest on it: default value for column size of table tasks.",
      ],
      notices: ["t()"],
    },
    {
      name: "drops no table that others refer to, and names them",
      old: titled,
      seed: `${threeTasks}; create schema other; create table other.notes (task int constraint far references tasks);
        create table notes (task int constraint near references tasks); create view titles as select title from tasks;
        create function first() returns tasks language sql as 'select * from tasks limit 1'; create table log (was tasks, all_of tasks[])`,
      new: "removed: { tables: [tasks] }",
      blocked: [
        "still_used tasks: The table tasks is declared as removed, and other things rest on it: column all_of of table log, column was of table log, constraint far on table other.notes, constraint near on table notes, function first(), view titles.",
      ],
      notices: ["notes", "log", "first()", "titles"],
    },
    {
      name: "drops no enum that is used where nothing is declared",
      old: "enums: { mood: [good, bad] }",
      seed: "create table log (m mood default 'good', check (m <> 'bad'), l mood[])",
      new: "removed: { enums: [mood] }",
      blocked: [
        "still_used mood: The enum mood is declared as removed, and other things rest on it: column l of table log, column m of table log, constraint log_m_check on table log, default value for column m of table log.",
      ],
      notices: ["log"],
    },
    {
      name: "drops no sequence that another table takes its numbers from",
      old: tasks("n: { type: serial }"),
      seed: "create table log (n int default nextval('tasks_n_seq'))",
      new: `${tasks()}\nremoved: { columns: { tasks: [n] } }`,
      blocked: [
        "still_used tasks.n: The column n of tasks is declared as removed, and other things rest on it: default value for column n of table log.",
      ],
      notices: ["log"],
    },
    {
      name: "drops no view that has the name of a table",
      seed: "create view notes as select 1 as a",
      new: `${tasks()}\nremoved: { tables: [notes] }`,
      steps: ["Create the table tasks"],
      notices: ["notes"],
      more: true,
    },
    {
      name: "drops a partitioned table with its partitions and all of their rows",
      seed: `create table log (at date, n int) partition by range (at); create table log_2026 partition of log for values from ('2026-01-01') to ('2027-01-01');
        insert into log values ('2026-05-05', 1), ('2026-06-06', 2)`,
      new: "removed: { tables: [log] }",
      steps: ["Drop the table log"],
      destroys: { "Drop the table log": 2 },
      rows: {},
    },
  ],
  freshDatabase,
);
