import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const id = "id: { type: int, primaryKey: true }";
const tasks = (...columns: string[]): string =>
  `tables: { tasks: { columns: { ${[id, ...columns].join(", ")} } } }`;
const titled = tasks("title: { type: text }");
const twoTasks = "insert into tasks values (1, 'a'), (2, 'b')";

const shop = `tables:
  customers:
    columns:
      id: { type: serial, primaryKey: true }
      email: { type: text, nullable: false, unique: true, check: length(email) > 3 }
      boss: { type: int, references: customers.id }
    indexes: [{ columns: [{ expression: lower(email) }], where: boss is not null }]
  orders:
    columns: { id: { type: int, primaryKey: true }, customer: { type: int, nullable: false, references: customers.id, onDelete: cascade } }
`;
const shopRows = `insert into customers (email, boss) values ('ann@x', null), ('bob@x', 1);
  insert into orders values (1, 1), (2, 2)`;

await runCases(
  [
    {
      name: "renames a column and keeps its values",
      old: titled,
      seed: twoTasks,
      new: tasks("name: { type: text, renamedFrom: title }"),
      steps: ["Rename the column tasks.title to name"],
      sql: ['alter table "tasks" rename column "title" to "name"'],
      rows: {
        "select id, name from tasks order by id": [
          { id: 1, name: "a" },
          { id: 2, name: "b" },
        ],
      },
    },
    {
      name: "fills columns of a renamed table from a renamed column, by the names that they will have",
      old: "tables: { todos: { columns: { id: { type: int }, title: { type: text }, state: { type: text }, old: { type: int } } } }",
      seed: "insert into todos values (1, 'a', null, 1), (2, 'b', 'open', 2)",
      new: `tables:
  tasks:
    renamedFrom: todos
    columns:
      id: { type: int }
      Name: { type: text, renamedFrom: title }
      status: { type: text, renamedFrom: state, nullable: false, backfill: "'new'" }
      label: { type: text, nullable: false, backfill: 'upper("Name") || tasks.id' }
removed: { columns: { tasks: [old] } }`,
      destroys: { "Drop the column todos.old": 2 },
      rows: {
        "select * from tasks order by id": [
          { id: 1, Name: "a", status: "new", label: "A1" },
          { id: 2, Name: "b", status: "open", label: "B2" },
        ],
      },
    },
    {
      name: "says that a backfill fails which names what the plan renames in another table",
      old: "tables: { users: { columns: { id: { type: int }, mail: { type: text } } }, tasks: { columns: { id: { type: int } } } }",
      seed: "insert into tasks values (1); insert into users values (1, 'a')",
      new: `tables:
  users: { columns: { id: { type: int }, email: { type: text, renamedFrom: mail } } }
  tasks: { columns: { id: { type: int }, mail: { type: text, nullable: false, backfill: "(select u.email from users u where u.id = tasks.id)" } } }`,
      blocked: [
        "backfill_failed tasks.mail: The backfill of tasks.mail fails: column u.email does not exist (42703).",
      ],
    },
    {
      name: "renames a table and keeps its rows",
      old: "tables: { todos: { columns: { title: { type: text } } } }",
      seed: "insert into todos values ('a')",
      new: "tables: { tasks: { renamedFrom: todos, columns: { title: { type: text } } } }",
      steps: ["Rename the table todos to tasks"],
      sql: ['alter table "todos" rename to "tasks"'],
      rows: { "select title from tasks": [{ title: "a" }] },
    },
    {
      name: "renames what was named after a table: keys, checks, indexes, the sequence, and NOT NULL",
      old: shop,
      seed: shopRows,
      new: shop
        .replaceAll("customers", "clients")
        .replace("clients:\n", "clients:\n    renamedFrom: customers\n"),
      steps: [
        "Rename the constraint customers_email_check of customers to clients_email_check",
        "Rename the constraint customers_pkey of customers to clients_pkey",
        "Rename the constraint customers_email_key of customers to clients_email_key",
        "Rename the constraint customers_boss_fkey of customers to clients_boss_fkey",
        "Rename the index customers_lower_idx of customers to clients_lower_idx",
        "Rename the sequence of customers.id to clients_id_seq",
        "Rename the table customers to clients",
      ],
      rows: {
        "select email, boss from clients order by id": [
          { email: "ann@x", boss: null },
          { email: "bob@x", boss: 1 },
        ],
        "insert into clients (email) values ('eve@x') returning id": [{ id: 3 }],
        "select count(*)::int as n from pg_constraint where connamespace = 'public'::regnamespace and conname like '%customers%'":
          [{ n: 0 }],
      },
    },
    {
      name: "renames what was named after a column",
      old: shop,
      seed: shopRows,
      new: shop.replaceAll("email", "mail").replace("mail: {", "mail: { renamedFrom: email,"),
      steps: [
        "Rename the constraint customers_email_check of customers to customers_mail_check",
        "Rename the constraint customers_email_key of customers to customers_mail_key",
        "Rename the column customers.email to mail",
      ],
      rows: {
        "select mail from customers order by id": [{ mail: "ann@x" }, { mail: "bob@x" }],
        "select count(*)::int as n from pg_constraint where connamespace = 'public'::regnamespace and conname like '%email%'":
          [{ n: 0 }],
      },
    },
    {
      name: "renames a column that a foreign key leads to",
      old: shop,
      seed: shopRows,
      new: `tables:
  customers:
    columns:
      number: { type: serial, primaryKey: true, renamedFrom: id }
      email: { type: text, nullable: false, unique: true, check: length(email) > 3 }
      boss: { type: int, references: customers.number }
    indexes: [{ columns: [{ expression: lower(email) }], where: boss is not null }]
  orders:
    columns: { id: { type: int, primaryKey: true }, customer: { type: int, nullable: false, references: customers.number, onDelete: cascade } }
`,
      steps: [
        "Rename the sequence of customers.id to customers_number_seq",
        "Rename the column customers.id to number",
      ],
      rows: { "select customer from orders order by id": [{ customer: 1 }, { customer: 2 }] },
    },
    {
      name: "renames a table, its columns and a table that refers to it at once",
      old: shop,
      seed: shopRows,
      new: `tables:
  clients:
    renamedFrom: customers
    columns:
      key: { type: serial, primaryKey: true, renamedFrom: id }
      mail: { type: text, nullable: false, unique: true, check: length(mail) > 3, renamedFrom: email }
      boss: { type: int, references: clients.key }
    indexes: [{ columns: [{ expression: lower(mail) }], where: boss is not null }]
  purchases:
    renamedFrom: orders
    columns: { id: { type: int, primaryKey: true }, client: { type: int, nullable: false, references: clients.key, onDelete: cascade, renamedFrom: customer } }
`,
      rows: {
        "select mail, client from purchases join clients on key = client order by id": [
          { mail: "ann@x", client: 1 },
          { mail: "bob@x", client: 2 },
        ],
        "select count(*)::int as n from pg_constraint where connamespace = 'public'::regnamespace and conname ~ 'customer|order|email'":
          [{ n: 0 }],
        "select count(*)::int as n from pg_class where relnamespace = 'public'::regnamespace and relname ~ 'customer|order|email'":
          [{ n: 0 }],
      },
    },
    {
      name: "renames and changes the same column",
      old: tasks("points: { type: int }"),
      seed: "insert into tasks values (1, 4), (2, 5)",
      new: tasks(
        "score: { type: bigint, nullable: false, default: 0, check: score < 9, renamedFrom: points }",
      ),
      steps: [
        "Change the type of tasks.points from integer to bigint",
        "Refuse null in tasks.points",
        "Add the check tasks_score_check to tasks",
        "Rename the column tasks.points to score",
      ],
      rows: { "select score from tasks order by id": [{ score: "4" }, { score: "5" }] },
      more: true,
    },
    {
      name: "adds a column, an index and a table that refers to it, to a table that is renamed",
      old: "tables: { todos: { columns: { id: { type: int, primaryKey: true } } } }",
      seed: "insert into todos values (7)",
      new: `tables:
  tasks: { renamedFrom: todos, columns: { id: { type: int, primaryKey: true }, due: { type: date } }, indexes: [{ columns: [due] }] }
  notes: { columns: { task: { type: int, references: tasks.id } } }`,
      steps: [
        "Rename the constraint todos_pkey of todos to tasks_pkey",
        "Create the table notes",
        "Add the column todos.due",
        "Create the index tasks_due_idx on todos",
        "Add the foreign key notes_task_fkey to notes",
        "Rename the table todos to tasks",
      ],
      rows: { "select id from tasks": [{ id: 7 }] },
    },
    {
      name: "looks at the rows of a table that is to be renamed",
      old: "tables: { todos: { columns: { title: { type: text } } } }",
      seed: "insert into todos values ('a'), (null)",
      new: "tables: { tasks: { renamedFrom: todos, columns: { name: { type: text, nullable: false, renamedFrom: title } } } }",
      blocked: ["null_values todos.title: 1 row of todos has null in title."],
    },
    {
      name: "names a column that is not declared by its table's new name",
      old: "tables: { todos: { columns: { title: { type: text }, n: { type: int } } } }",
      new: "tables: { tasks: { renamedFrom: todos, columns: { title: { type: text } } } }",
      blocked: [
        "column_not_declared todos.n: The table todos has a column n, which is not declared. To drop it would lose its data.",
      ],
      wayOut: "Declare it to keep it. To drop it, declare that: removed: { columns: { tasks: [n] } }",
    },
    {
      name: "does nothing more once a rename was made",
      old: tasks("name: { type: text }"),
      seed: twoTasks,
      new: tasks("name: { type: text, renamedFrom: title }"),
      steps: [],
    },
    {
      name: "makes anew what is there under neither name",
      new: "tables: { tasks: { renamedFrom: todos, columns: { name: { type: text, renamedFrom: title } } } }",
      steps: ["Create the table tasks"],
    },
    {
      name: "takes names as they are spelt in the database",
      seed: `create table "Todos" ("createdAt" date, "is ""it""" int); insert into "Todos" values ('2026-01-01', 1)`,
      new: `tables: { tasks: { renamedFrom: Todos, columns: { created_at: { type: date, renamedFrom: createdAt }, it: { type: int, renamedFrom: 'is "it"' } } } }`,
      sql: [
        'alter table "Todos" rename column "createdAt" to "created_at"',
        'alter table "Todos" rename column "is ""it""" to "it"',
        'alter table "Todos" rename to "tasks"',
      ],
      rows: { "select created_at::text, it from tasks": [{ created_at: "2026-01-01", it: 1 }] },
    },
    {
      name: "keeps a view on what is renamed",
      old: titled,
      seed: `${twoTasks}; create view names as select title from tasks`,
      new: tasks("name: { type: text, renamedFrom: title }"),
      steps: ["Rename the column tasks.title to name"],
      notices: ["names"],
      rows: { "select title from names order by 1": [{ title: "a" }, { title: "b" }] },
      more: true,
    },
    {
      name: "refuses a rename where both columns are there",
      old: tasks("title: { type: text }", "name: { type: text }"),
      seed: "insert into tasks values (1, 'old', 'new')",
      new: tasks("name: { type: text, renamedFrom: title }"),
      blocked: [
        "rename_conflict tasks.name: The column name of tasks is declared as renamed from title, and the database has both.",
      ],
      wayOut:
        "Take renamedFrom: title away, and declare title too; or, to drop it, declare that: removed: { columns: { tasks: [title] } }. What only title holds, move yourself before.",
    },
    {
      name: "refuses a rename where both tables are there",
      seed: "create table todos (a int); create table tasks (a int)",
      new: "tables: { tasks: { renamedFrom: todos, columns: { a: { type: int } } } }",
      blocked: [
        "rename_conflict tasks: The table tasks is declared as renamed from todos, and the database has both.",
      ],
      wayOut:
        "Take renamedFrom: todos away, and todos is left alone; to drop it, declare that: removed: { tables: [todos] }. What only todos holds, move yourself before.",
      notices: ["todos"],
    },
    {
      name: "refuses to rename a table to what a view is called",
      seed: "create table todos (a int); create view tasks as select 1 as b",
      new: "tables: { tasks: { renamedFrom: todos, columns: { a: { type: int } } } }",
      blocked: [
        "name_taken tasks: The table todos is to be renamed to tasks, and the database has a view of that name.",
      ],
      notices: ["todos", "tasks"],
    },
    {
      name: "takes a column for one that is renamed only where that is declared, and says how",
      old: tasks("title: { type: text }", "n: { type: int }"),
      seed: "insert into tasks values (1, 'a', 2)",
      new: tasks("name: { type: text }", "n: { type: int }"),
      blocked: [
        "column_not_declared tasks.title: The table tasks has a column title, which is not declared. To drop it would lose its data.",
      ],
      wayOut:
        "If it is tasks.name now, declare that there: renamedFrom: title. To drop it, declare that: removed: { columns: { tasks: [title] } }",
    },
    {
      name: "renames a value of an enum in rows, defaults, checks and indexes",
      old: `enums: { status: [open, done] }
tables: { t: { columns: { a: { type: int }, s: { type: status, default: done, check: s <> 'done' or a > 0 } }, indexes: [{ columns: [a], where: s = 'done' }] } }`,
      seed: "insert into t values (1, 'done'), (2, 'open')",
      new: `enums: { status: [open, { value: finished, renamedFrom: done }] }
tables: { t: { columns: { a: { type: int }, s: { type: status, default: finished, check: s <> 'finished' or a > 0 } }, indexes: [{ columns: [a], where: s = 'finished' }] } }`,
      steps: ["Rename the value 'done' of the enum status to 'finished'"],
      sql: [`alter type "status" rename value 'done' to 'finished'`],
      rows: {
        "select a, s::text from t order by a": [
          { a: 1, s: "finished" },
          { a: 2, s: "open" },
        ],
      },
    },
    {
      name: "renames an enum, one of its values, and adds another",
      old: `enums: { state: [open, done] }
tables: { t: { columns: { s: { type: state, default: open }, l: { type: "state[]" } } } }`,
      seed: "insert into t values ('done', '{open,done}')",
      new: `enums: { status: { renamedFrom: state, values: [open, held, { value: it's over, renamedFrom: done }] } }
tables: { t: { columns: { s: { type: status, default: held }, l: { type: "status[]" } } } }`,
      steps: [
        "Add the value 'held' to the enum state",
        "Set the default of t.s to 'held'::state (2)",
        "Rename the value 'done' of the enum state to 'it''s over' (2)",
        "Rename the enum state to status (2)",
      ],
      rows: { "select s::text, l::text from t": [{ s: "it's over", l: `{open,"it's over"}` }] },
    },
    {
      name: "refuses to rename a value where both are there",
      old: "enums: { status: [open, done, finished] }",
      new: "enums: { status: [open, { value: finished, renamedFrom: done }] }",
      blocked: [
        "rename_conflict status.finished: The value finished of the enum status is declared as renamed from done, and the database has both.",
      ],
      wayOut: "Take renamedFrom: done away, and declare done too: Postgres cannot take a value from an enum.",
    },
    {
      name: "says how to declare the rename of a value",
      old: "enums: { status: [open, done] }",
      new: "enums: { status: [open, finished] }",
      blocked: [
        "enum_value_not_declared status.done: The enum status has the value 'done', which is not declared. Postgres cannot take a value from an enum.",
      ],
      wayOut:
        "If finished is its new name, declare that: { value: finished, renamedFrom: done }. Else declare it again, or that it goes: removed: { enumValues: { status: [done] } }",
    },
  ],
  freshDatabase,
);
