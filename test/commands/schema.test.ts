import { expect, it, onTestFinished } from "vitest";
import { Stopped } from "../../src/core/stopped.ts";
import type { Database } from "../../src/database/database.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { warmProject } from "../project/project-directory.ts";
import { freshDatabase } from "../services/postgres.ts";
import { stk } from "./in-process.ts";

const schema = `tables:
  tasks:
    columns:
      id: { type: int, primaryKey: true }
      title: { type: text }
`;

async function project(files: Record<string, string> = { "schema/tasks.yaml": schema }) {
  const { url, drop } = await freshDatabase();
  onTestFinished(drop);
  const cwd = warmProject({
    "config/environments.yaml": 'prod:\n  connections: { main: "${PROD_URL}" }\ndev: {}\n',
    ...files,
  });
  const run = (...words: string[]) => stk(["schema", ...words], { cwd, env: { DATABASE_URL: url } });
  return { url, cwd, run };
}

async function session(url: string): Promise<Database> {
  const database = await openPostgres({ url, applicationName: "test", connectTimeoutMs: 5_000 });
  onTestFinished(() => database.close());
  return database;
}

it("plans, applies, and then has nothing left to do", { timeout: 60_000 }, async () => {
  const { run } = await project();
  const plan = await run("plan");
  expect(plan.exitCode).toBe(0);
  expect(plan.stdout).toContain("main: 1 change\n");
  expect(plan.stdout).toContain('create table "tasks" (');
  expect((await run("plan", "--exit-code")).exitCode).toBe(3);

  const dry = await run("apply", "--dry-run");
  expect(dry.exitCode).toBe(0);
  expect(dry.stdout).toBe(plan.stdout);
  expect((await run("plan", "--exit-code")).exitCode).toBe(3);

  const applied = await run("apply", "--yes");
  expect(applied.exitCode).toBe(0);
  expect(applied.stdout).toContain("main: applied 1 change\n");
  const again = await run("plan", "--exit-code");
  expect(again.exitCode).toBe(0);
  expect(again.stdout).toMatch(/^main: the database is what is declared\n {2}postgres:.*\n$/);
  expect((await run("apply", "--yes")).stdout).toBe(again.stdout);
});

it("names the database, its variable, the environment and the project, and never the password", async () => {
  const { run, url, cwd } = await project();
  const { host, pathname, password } = new URL(url);
  const place = `postgres://${host}${pathname}, from PROD_URL of the environment prod, for the project ${cwd}`;
  const results = [];
  for (const words of [["plan"], ["apply", "--yes"], ["drift"]]) {
    const result = await stk(["schema", ...words, "--env", "prod"], { cwd, env: { PROD_URL: url } });
    expect(result.stdout).toContain(`\n  ${place}\n`);
    expect(result.stderr).toContain(`reading main: ${place}\n`);
    results.push(result);
  }
  const json = await run("plan", "--json");
  expect(JSON.parse(json.stdout)).toMatchObject({
    plans: [{ place: { project: cwd, variable: "DATABASE_URL", database: `postgres://${host}${pathname}` } }],
  });
  for (const { stdout, stderr } of [...results, json]) expect(stdout + stderr).not.toContain(password);
});

it("asks before it applies, and without a terminal wants --yes", { timeout: 60_000 }, async () => {
  const { run } = await project();
  const refused = await run("apply");
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain("--yes");
  expect((await run("plan", "--exit-code")).exitCode).toBe(3);
});

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("a command that %s stops says so and exits with %i", async (name, exitCode) => {
  const { cwd, url } = await project();
  const signal = AbortSignal.abort(new Stopped(name));
  const run = (...words: string[]) => stk(["schema", ...words], { cwd, env: { DATABASE_URL: url }, signal });
  const { stderr, ...plan } = await run("plan");
  expect(plan).toEqual({ exitCode, stdout: "" });
  expect(stderr).toMatch(/stk: Stopped.*\(interrupted\)\n$/);
  const json = await run("plan", "--json");
  expect(json.exitCode).toBe(exitCode);
  expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: "interrupted" } });
});

it("exits with 4 and applies nothing at all when one change is blocked", { timeout: 60_000 }, async () => {
  const { run, url } = await project();
  const database = await session(url);
  await database.script(
    "create table tasks (id int primary key, old text); insert into tasks values (1, 'kept')",
  );
  const plan = await run("plan", "--json");
  expect(plan.exitCode).toBe(4);
  expect(JSON.parse(plan.stdout)).toMatchObject({
    plans: [
      {
        connection: "main",
        steps: [{ sql: 'alter table "tasks" add column "title" text' }],
        blocked: [
          {
            code: "column_not_declared",
            object: "tasks.old",
            wayOut:
              "If it is tasks.title now, declare that there: renamedFrom: old. To drop it, declare that: removed: { columns: { tasks: [old] } }",
          },
        ],
      },
    ],
  });
  const applied = await run("apply", "--yes", "--json");
  expect(applied.exitCode).toBe(4);
  expect(JSON.parse(applied.stdout)).toMatchObject({ applied: false });
  expect(await database.query("select * from tasks")).toEqual([{ id: 1, old: "kept" }]);
});

it("takes away what the schema declares as removed, after showing how much that is", {
  timeout: 60_000,
}, async () => {
  const { run, url } = await project({
    "schema/tasks.yaml": `tables: { tasks: { columns: { id: { type: int, primaryKey: true } } } }
removed: { tables: [notes], columns: { tasks: [old] } }`,
  });
  const database = await session(url);
  await database.script(
    "create table tasks (id int primary key, old text); insert into tasks values (1, 'a'); create table notes ()",
  );
  const plan = await run("plan", "--exit-code");
  expect(plan).toMatchObject({
    exitCode: 3,
    stdout: expect.stringContaining("main: 2 changes, 2 of a declared removal"),
  });
  expect(plan.stdout).toMatch(
    /drop table "notes";\n +locks notes \(AccessExclusive: reads and writes wait\)\n +! destroys nothing: there are no rows/,
  );
  expect(plan.stdout).toMatch(
    /drop column "old";\n +locks tasks \(AccessExclusive: reads and writes wait\)\n +! destroys 1 value, as is declared/,
  );
  expect((await run("apply", "--yes")).exitCode).toBe(0);
  expect(await database.query("select * from tasks")).toEqual([{ id: 1 }]);
  expect((await run("plan", "--exit-code")).exitCode).toBe(0);
});

it("plans a connection of which only removals are declared", { timeout: 60_000 }, async () => {
  const { run, url } = await project({ "schema/tasks.yaml": "removed: { tables: [notes] }" });
  const database = await session(url);
  await database.script("create table notes (a int); insert into notes values (1)");
  const plan = await run("plan", "--json");
  expect(JSON.parse(plan.stdout)).toMatchObject({
    plans: [{ steps: [{ sql: 'drop table "notes"', destroys: { rows: 1 } }] }],
  });
});

it("prints a script that does what apply does", { timeout: 60_000 }, async () => {
  const { run, url } = await project({
    "schema/tasks.yaml": `enums: { mood: [good] }\ntables: { t: { columns: { m: { type: mood, default: good } } } }`,
  });
  const database = await session(url);
  await database.script("create type mood as enum ('bad')");
  const blocked = await run("plan", "--sql");
  expect(blocked.exitCode).toBe(4);
  expect(blocked.stdout).toMatch(/^-- blocked: The enum mood has the value 'bad'/);
  await database.script("drop type mood");
  const { stdout } = await run("plan", "--sql");
  await database.script(stdout);
  expect((await run("plan", "--exit-code")).exitCode).toBe(0);
});

it("takes the URL from the environment that is named", { timeout: 60_000 }, async () => {
  const { run, cwd, url } = await project();
  const missing = await run("plan", "--env", "prod");
  expect(missing.exitCode).toBe(1);
  expect(missing.stderr).toContain("PROD_URL is not set");
  const found = await stk(["schema", "plan", "--env", "prod"], { cwd, env: { PROD_URL: url } });
  expect(found.exitCode).toBe(0);
  const unmapped = await run("plan", "--env", "dev");
  expect(unmapped).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("unmapped_connection") });
  const unknown = await run("plan", "--env", "prdo");
  expect(unknown).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("Did you mean `prod`?") });
  const connection = await run("plan", "--connection", "mian");
  expect(connection).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("Did you mean `main`?") });
});

it.each([
  "postgres://u:s3cret@127.0.0.1:1/x",
  "postgres:u:s3cret@127.0.0.1/x",
  "postgres://u:s3cret@host:port/x",
  "mysql://u:s3cret@127.0.0.1/x",
  "s3cret",
])("says that a database does not answer, and never its password (%s)", { timeout: 60_000 }, async (url) => {
  const { cwd } = await project();
  for (const json of [[], ["--json"]]) {
    const { exitCode, stdout, stderr } = await stk(["schema", "plan", ...json], {
      cwd,
      env: { DATABASE_URL: url },
    });
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain("database_unreachable");
    expect(stdout + stderr).not.toContain("s3cret");
  }
});

it("says that the server refused a password, and not which", { timeout: 60_000 }, async () => {
  const { cwd, url } = await project();
  const wrong = new URL(url);
  wrong.password = "s3cret";
  const { exitCode, stderr } = await stk(["schema", "plan"], { cwd, env: { DATABASE_URL: wrong.href } });
  expect(exitCode).toBe(1);
  expect(stderr).toContain("database_refused");
  expect(stderr).not.toContain("s3cret");
});

it("shows bad SQL in an expression where it stands, and asks no database", { timeout: 60_000 }, async () => {
  const { run } = await project({
    "schema/tasks.yaml": schema.replace("{ type: text }", "{ type: text, check: lenth(title) > 1 }"),
  });
  const { exitCode, stdout, stderr } = await run("plan");
  expect(exitCode).toBe(1);
  expect(stdout + stderr).toContain("schema/tasks.yaml:5");
  expect(stdout + stderr).toContain("lenth");
});

it("works on an embedded database as well", { timeout: 60_000 }, async () => {
  const { cwd } = await project();
  const env = { DATABASE_URL: `pglite:${cwd}/data` };
  expect((await stk(["schema", "apply", "--yes"], { cwd, env })).exitCode).toBe(0);
  expect((await stk(["schema", "plan", "--exit-code"], { cwd, env })).exitCode).toBe(0);
});

it.each(["plan", "drift"])(
  "says what Postgres refuses where %s cannot go on",
  { timeout: 60_000 },
  async (command) => {
    const { url, run } = await project();
    const name = new URL(url).pathname.slice(1);
    const holder = await session(url);
    await holder.query(`alter database ${name} set lock_timeout = '50ms'`);
    await holder.query("begin; lock table pg_description in access exclusive mode");
    const { exitCode, stdout } = await run(command, "--json");
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      error: {
        code: "database_error",
        message: expect.stringContaining("(55P03)"),
        details: { sqlstate: "55P03" },
      },
    });
  },
);
