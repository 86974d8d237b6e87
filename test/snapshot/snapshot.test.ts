import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import type { Shadow } from "../../src/database/shadow/shadow.ts";
import { clean } from "../acceptance/schema/clean.ts";
import { sharedShadow } from "../database/shared-shadow.ts";
import { freshDatabase } from "../services/postgres.ts";
import { type SnapshotProject, snapshotProject } from "./snapshot-project.ts";

let shadow: Shadow;
let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  shadow = await sharedShadow();
  const fresh = await freshDatabase();
  drop = fresh.drop;
  database = await openPostgres({ url: fresh.url, applicationName: "test", connectTimeoutMs: 5_000 });
});
afterAll(async () => {
  await database.close();
  await drop();
});
beforeEach(() => clean(database));

function project(files: Readonly<Record<string, string>> = {}): SnapshotProject {
  const made = snapshotProject(shadow);
  onTestFinished(made.remove);
  made.write(files);
  return made;
}

/** Takes a snapshot, after which a plan is empty and a second snapshot changes no byte. */
async function settled(made: SnapshotProject): Promise<Record<string, string>> {
  await made.take(database);
  const files = made.files();
  const { steps, blocked } = await made.plan(database);
  expect([...steps.map(({ description }) => description), ...blocked.map(({ message }) => message)]).toEqual(
    [],
  );
  expect((await made.take(database)).files.size).toBe(0);
  expect(made.files()).toEqual(files);
  return files;
}

const tasks = `# Ours.
connection: main

enums:
  state: [open, done] # in this order

tables:
  # What is to be done.
  tasks:
    columns:
      id:   { type: uuid, primaryKey: true, default: "gen_random_uuid()" }   # never shown
      title: { type: 'text', nullable: false, check: length(title)<=200 }

      state: { type: state, nullable: false, default: open }
      owner_id: { type: uuid, nullable: false }
    unique:
      - [title,  owner_id]
    indexes:
      - { columns: [owner_id, state] } # the list
  notes:
    columns:
      id: { type: bigserial, primaryKey: true }
`;
const tasksSql = `
  create type state as enum ('open', 'done');
  create table tasks (
    id uuid primary key default gen_random_uuid(), title text not null check (length(title) <= 200),
    state state not null default 'open', owner_id uuid not null, unique (title, owner_id));
  create index on tasks (owner_id, state);
  create table notes (id bigserial primary key);`;

describe("a snapshot of files that a person wrote", () => {
  it("changes no byte where they say what is in the database", async () => {
    await database.script(tasksSql);
    const made = project({ "schema/tasks.yaml": tasks });
    expect(await settled(made)).toEqual({ "schema/tasks.yaml": tasks });
  });

  it.each([
    [
      "a new column, beside its neighbour",
      "alter table tasks add column due date not null default current_date",
      (text: string) =>
        text.replace(
          "      owner_id: { type: uuid, nullable: false }\n",
          "$&      due: { type: date, nullable: false, default: CURRENT_DATE }\n",
        ),
    ],
    [
      "a column that is gone, with its key and its index",
      "alter table tasks drop column owner_id",
      (text: string) =>
        text
          .replace("      owner_id: { type: uuid, nullable: false }\n", "")
          .replace(/ {4}unique:\n.*\n {4}indexes:\n.*\n/, ""),
    ],
    [
      "another type",
      "alter table tasks alter title type varchar(80)",
      (text: string) =>
        text
          .replace("type: 'text'", "type: 'varchar(80)'")
          .replace("check: length(title)<=200", "check: length((title)::text) <= 200"),
    ],
    [
      "another nullability",
      "alter table tasks alter owner_id drop not null",
      (text: string) => text.replace("owner_id: { type: uuid, nullable: false }", "owner_id: { type: uuid }"),
    ],
    [
      "a default that is gone",
      "alter table tasks alter state drop default",
      (text: string) => text.replace(", default: open }", " }"),
    ],
    [
      "a check that is gone",
      "alter table tasks drop constraint tasks_title_check",
      (text: string) => text.replace(", check: length(title)<=200", ""),
    ],
    [
      "another value of an enum",
      "alter type state add value 'waiting' before 'done'",
      (text: string) => text.replace("[open, done] #", "[open, waiting, done] #"),
    ],
    [
      "a unique key that is gone",
      "alter table tasks drop constraint tasks_title_owner_id_key",
      (text: string) => text.replace("    unique:\n      - [title,  owner_id]\n", ""),
    ],
    [
      "an index that is gone and one that came",
      "drop index tasks_owner_id_state_idx; create index on tasks (lower(title))",
      (text: string) =>
        text.replace(
          "      - { columns: [owner_id, state] } # the list\n",
          "      - { name: tasks_lower_idx, columns: [{ expression: lower(title) }] }\n",
        ),
    ],
    ["a table that is gone", "drop table notes", (text: string) => text.replace(/ {2}notes:[\s\S]*$/, "")],
    [
      "a reference",
      "alter table tasks add column note_id bigint references notes on delete set null",
      (text: string) =>
        text.replace(
          "      owner_id: { type: uuid, nullable: false }\n",
          "$&      note_id: { type: bigint, references: notes.id, onDelete: set null }\n",
        ),
    ],
  ])("changes only %s", async (_, sql, expected) => {
    await database.script(`${tasksSql};${sql}`);
    const made = project({ "schema/tasks.yaml": tasks });
    const files = await settled(made);
    expect(files["schema/tasks.yaml"]).toBe(expected(tasks));
  });

  it("adds a table to the file of its neighbours, and keeps what is said for planning", async () => {
    const said = `${tasks}removed: { tables: [old_tasks] }\napproved: { tasks.title: [lossy_cast] }\n`;
    await database.script(`${tasksSql}; create table labels (name text primary key)`);
    const made = project({ "schema/tasks.yaml": said });
    expect((await settled(made))["schema/tasks.yaml"]).toBe(
      said.replace(
        /(removed:)/,
        "\n  labels:\n    columns:\n      name: { type: text, primaryKey: true }\n$1",
      ),
    );
  });

  it("leaves alone what other tools own", async () => {
    await database.script(`${tasksSql}; create table jobs_queue (id int)`);
    const said = `ignore: ["jobs_*"]\n${tasks}`;
    const made = project({ "schema/tasks.yaml": said });
    expect(await settled(made)).toEqual({ "schema/tasks.yaml": said });
  });

  it("keeps a rename that was made", async () => {
    const said = tasks.replace(
      "      owner_id: { type: uuid,",
      "      owner_id: { renamedFrom: user_id, type: uuid,",
    );
    await database.script(tasksSql);
    const made = project({ "schema/tasks.yaml": said });
    expect(await settled(made)).toEqual({ "schema/tasks.yaml": said });
  });

  it("writes a function's new text into the file where it is", async () => {
    await database.script("create function one() returns int language sql as 'select 2'");
    const text = "create function one() returns int language sql as 'select 1';\n";
    const made = project({
      "schema/a.yaml": "functions:\n  one: { file: sql/one.sql } # here\n",
      "schema/sql/one.sql": text,
    });
    const files = await settled(made);
    expect(files["schema/a.yaml"]).toBe("functions:\n  one: { file: sql/one.sql } # here\n");
    expect(files["schema/sql/one.sql"]).toContain("select 2");
  });

  it("takes away the file of a function that is gone", async () => {
    const made = project({
      "schema/a.yaml": "functions:\n  one: { file: one.sql }\n",
      "schema/one.sql": "create function one() returns int language sql as 'select 1';\n",
    });
    await made.take(database);
    expect(Object.keys(made.files())).toEqual(["schema/a.yaml"]);
  });
});

describe("a snapshot of a database", () => {
  it("quotes what YAML would read as something else", async () => {
    await database.script(`
      create type "Select" as enum ('yes', 'null', '1', '1e3', '', 'it''s', ' padded ', '# no', '\${X}', 'a: b');
      create table "Group" ("order" text default 'true', "null" text default '0x10', "Yes" text default '~',
        "true" varchar(5) default '1_0', "Choice" "Select" not null default '1',
        "on" text default e'two\\nlines', n numeric default '1.50', big bigint default 9007199254740993);
      comment on table "Group" is e'"quoted" ''single'' \${HOME} #{x} \\\\ back\\nand: a line\\n\\ttab';
      comment on column "Group"."null" is '- not a list';`);
    await settled(project());
  });

  it("writes SQL of several lines as a block", async () => {
    await database.script("create table a (id int); create view b as select id, id + 1 as next from a");
    const files = await settled(project());
    expect(files["schema/public.yaml"]).toContain("    sql: |-\n      SELECT id,\n");
  });

  it("puts each Postgres schema into a file, and only those that are asked for", async () => {
    await database.script(
      "create schema audit; create table audit.log (id int); create table plain (id int)",
    );
    expect(Object.keys(await settled(project()))).toEqual(["schema/audit.yaml", "schema/public.yaml"]);
    await database.script("create schema other; create table other.one (id int)");
    const made = project();
    await made.take(database, ["audit"]);
    expect(Object.keys(made.files())).toEqual(["schema/audit.yaml", "schema/public.yaml"]);
  });

  it("gives each of many tables a file of its own", async () => {
    const numbers = Array.from({ length: 31 }, (_, index) => index);
    await database.script(numbers.map((number) => `create table t${number} (id int)`).join(";"));
    const files = await settled(project());
    expect(Object.keys(files)).toHaveLength(31);
    await database.script("create table t31 (id int)");
    const made = project(files);
    expect((await made.take(database)).changes).toEqual([
      { file: "schema/t31.yaml", change: "add", kind: "tables", name: "t31" },
    ]);
  });

  it("names what no declaration can say, and what rests on it", async () => {
    await database.script(
      'create table "größe" (id int primary key); create table b (id int references "größe"); create table c (id int)',
    );
    const made = project();
    const { leftOut } = await made.take(database);
    expect(leftOut.map(({ kind, name }) => `${kind} ${name}`)).toEqual(["table größe", "table b"]);
    expect((await made.plan(database)).steps).toEqual([]);
    expect(made.files()["schema/public.yaml"]).not.toContain("  b:");
  });

  it("names what is of a kind that cannot be declared, but what other tools own", async () => {
    await database.script(`
      create table a (id int, n int);
      create aggregate total(int) (sfunc = int4pl, stype = int);
      create rule seen as on delete to a do instead nothing;
      create statistics a_stats on id, n from a;
      create type span as range (subtype = int);
      create collation ours from "C";
      create aggregate other_total(int) (sfunc = int4pl, stype = int)`);
    const made = project({ "schema/public.yaml": 'connection: main\nignore: ["other_*"]\n' });
    const { leftOut } = await made.take(database);
    expect(leftOut.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "aggregate total(integer)",
      "collation ours",
      "range type span",
      "rule seen on a",
      "statistics a_stats",
    ]);
    expect(new Set(leftOut.map(({ reason }) => reason))).toEqual(
      new Set(["nothing of its kind can be declared"]),
    );
    expect(await made.plan(database)).toMatchObject({ steps: [], blocked: [] });
  });

  it("names row security that is forced and not enabled, which is in force for nobody", async () => {
    await database.script(`
      create table a (id int); alter table a force row level security; create policy p on a using (true);
      create table b (id int); alter table b force row level security`);
    const made = project();
    const { leftOut } = await made.take(database);
    const reason = "row security that is forced and not enabled cannot be declared";
    expect(leftOut).toEqual([
      { kind: "table", name: "a", reason },
      { kind: "table", name: "b", reason },
    ]);
    expect(await made.plan(database)).toMatchObject({ steps: [], blocked: [] });
    expect(made.files()["schema/public.yaml"]).toContain("enabled: false");
  });

  it("writes a table without the columns whose types cannot be declared, and names them", async () => {
    await database.script(`
      create type span as range (subtype = int);
      create table stays (id int primary key, room text not null, during span, constraint apart exclude using gist (during with &&));
      create view long_stays as select id from stays where upper(during) - lower(during) > 7`);
    const made = project();
    const files = await settled(made);
    expect(files["schema/public.yaml"]).toContain("room: { type: text, nullable: false }");
    expect(files["schema/public.yaml"]).not.toContain("during");
    expect((await made.take(database)).leftOut).toEqual([
      { kind: "column", name: "stays.during", reason: "its type cannot be declared: span" },
      { kind: "view", name: "long_stays", reason: "it rests on such a column of stays" },
      { kind: "constraint", name: "apart on table stays", reason: "it rests on such a column of stays" },
      { kind: "range type", name: "span", reason: "nothing of its kind can be declared" },
    ]);
  });

  it("refuses what holds a secret, and says where", async () => {
    const secret = `sk_live_${"4eC39HqLyjWDarjtT1zdp7dc"}`;
    await database.script(`
      create function pay() returns text language sql as $$ select '${secret}' $$;
      create view paying as select pay() as key;
      create function fine() returns int language sql as 'select 1'`);
    const made = project();
    const { leftOut, files } = await made.take(database);
    expect(leftOut.map(({ kind, name }) => `${kind} ${name}`)).toEqual(["function pay()", "view paying"]);
    expect(JSON.stringify([...files, leftOut])).not.toContain(secret);
    expect((await made.plan(database)).steps).toEqual([]);
    expect(made.files()["schema/functions/fine.sql"]).toContain("select 1");
  });

  it("changes nothing in the database", async () => {
    await database.script("create table a (id int primary key)");
    const before = await database.query("select xmin::text from pg_class where relname = 'a'");
    await settled(project());
    expect(await database.query("select xmin::text from pg_class where relname = 'a'")).toEqual(before);
  });
});
