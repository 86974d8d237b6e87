import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { withAdvisoryLock } from "../../src/database/apply/advisory-lock.ts";
import { liveDatabase } from "../database/live-database.ts";
import { warmProject } from "../project/project-directory.ts";
import { freshDatabase } from "../services/postgres.ts";
import { stk } from "./in-process.ts";

const schema = `tables:
  tasks:
    columns:
      id: { type: bigint, identity: always, primaryKey: true }
      title: { type: text }
`;

async function project(files: Record<string, string> = { "schema/tasks.yaml": schema }) {
  const { url, connect } = await liveDatabase(freshDatabase);
  const cwd = warmProject(files);
  const run = (...words: string[]) => stk(["schema", ...words], { cwd, env: { DATABASE_URL: url } });
  return { cwd, run, connect };
}

describe("stk schema drift", { timeout: 120_000 }, () => {
  it("exits with 4 and says what changed, by whom where Postgres knows, and what would undo it", async () => {
    const { run, connect } = await project();
    expect((await run("apply", "--yes")).exitCode).toBe(0);
    const none = await run("drift");
    expect(none).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("main: no drift") });

    const database = await connect();
    await database.script(
      "alter table tasks alter column title set not null; create view v as select 1 as a",
    );
    const { exitCode, stdout } = await run("drift");
    expect(exitCode).toBe(4);
    expect(stdout).toContain("main: drift: 2 differences from what the last apply left\n");
    expect(stdout).toMatch(/The last apply was number 1 on \d{4}-\d\d-\d\dT[\d:]+Z by \w+, with stk /);
    expect(stdout).toContain("~ column tasks.title changed\n     nullable was true, is false\n");
    expect(stdout).toMatch(/\+ view v came; its owner is \w+\n/);
    expect(stdout).toContain('alter table "tasks" alter column "title" drop not null;');
    expect(stdout).toContain('drop view "v";');

    const json = await run("drift", "--json");
    expect(json.exitCode).toBe(4);
    expect(JSON.parse(json.stdout)).toMatchObject({
      drifts: [
        {
          connection: "main",
          comparedWith: "record",
          lastApply: { id: "1" },
          changes: [
            { change: "changed", object: "tasks.title", facts: [{ fact: "nullable", was: true, is: false }] },
            { change: "added", object: "v" },
          ],
        },
      ],
    });
  });

  it("says that nothing is recorded, and compares with the declaration", async () => {
    const { run } = await project();
    const { exitCode, stdout } = await run("drift");
    expect(exitCode).toBe(4);
    expect(stdout).toContain("No apply is recorded, so it is compared with the declaration.");
    expect(stdout).toContain("- table tasks is gone");
  });

  it("says that a database does not answer", async () => {
    const { cwd } = await project();
    const env = { DATABASE_URL: "postgres://u:s3cret@127.0.0.1:1/x" };
    const { exitCode, stderr } = await stk(["schema", "drift"], { cwd, env });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("database_unreachable");
    expect(stderr).not.toContain("s3cret");
  });
});

describe("stk schema history", { timeout: 120_000 }, () => {
  it("says so where nothing was applied", async () => {
    const { run } = await project();
    expect(await run("history")).toMatchObject({ exitCode: 0, stdout: "main: nothing was applied yet\n" });
    expect(JSON.parse((await run("history", "--json")).stdout)).toMatchObject({
      histories: [{ connection: "main", place: { variable: "DATABASE_URL" }, applies: [] }],
    });
    expect(await run("history", "1")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("unknown_apply"),
    });
  });

  it("shows applies newest first, and the steps of one", async () => {
    const { run, connect } = await project();
    await run("apply", "--yes");
    const database = await connect();
    await database.script("drop table tasks");
    await run("apply", "--yes");
    const { exitCode, stdout } = await run("history");
    expect(exitCode).toBe(0);
    expect(stdout.split("\n").slice(0, 3)).toEqual([
      "main",
      expect.stringMatching(/^ {2}2 {2}\S+Z {2}done {2}1 of 1 step {2}\w+ {2}stk /),
      expect.stringMatching(/^ {2}1 {2}\S+Z {2}done {2}1 of 1 step {2}/),
    ]);
    expect((await run("history", "--limit", "1")).stdout.trim().split("\n")).toHaveLength(2);

    const one = await run("history", "1");
    expect(one.stdout).toMatch(/ {2}1\. Create the table tasks \(\d+ ms\)\n {5}create table "tasks" \(/);
    expect(JSON.parse((await run("history", "1", "--json")).stdout)).toMatchObject({
      histories: [{ applies: [{ number: 1, outcome: "done", log: [{ number: 1, isDone: true }] }] }],
    });
  });

  it("tells an apply that runs from one that was cut off", async () => {
    const { run, connect } = await project();
    await run("apply", "--yes");
    const database = await connect();
    await database.script(
      "update _stk.applies set outcome = null, finished_at = null, steps = 3; update _stk.steps set finished_at = null",
    );
    expect((await run("history")).stdout).toMatch(/ interrupted {2}0 of 3 steps /);
    expect((await run("history", "1")).stdout).toContain("Create the table tasks (not finished)");
    const running = await withAdvisoryLock(database, { waitMs: 1_000 }, () => run("history"));
    expect(running.stdout).toMatch(/ running {2}0 of 3 steps /);
  });

  it.each([["0"], ["-1"], ["x"], ["1", "--limit", "2"], ["--limit", "1.5"]])(
    "refuses %s %s %s",
    async (...words) => {
      const { run } = await project();
      expect((await run("history", ...words)).exitCode).toBe(2);
    },
  );

  it("says what right is missing", async () => {
    const { run, connect, cwd } = await project();
    await run("apply", "--yes");
    const database = await connect();
    const [row] = await database.query<{ name: string; host: string; port: string }>(
      "select current_database() as name, host(inet_server_addr()) as host, inet_server_port()::text as port",
    );
    const role = `reader_${row?.name}`;
    await database.script(`create role ${role} login password 'p'`);
    onTestFinished(async () => database.script(`drop role ${role}`));
    const env = { DATABASE_URL: `postgres://${role}:p@${row?.host}:${row?.port}/${row?.name}` };
    const { exitCode, stderr } = await stk(["schema", "history"], { cwd, env });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("permission denied for schema _stk");
  });
});

describe("stk schema lint", { timeout: 120_000 }, () => {
  it("exits with 1 and points to what it finds", async () => {
    const { run } = await project({ "schema/tasks.yaml": schema.replace("text", "char(3)") });
    const { exitCode, stdout, stderr } = await run("lint");
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "1 finding.\n" });
    expect(stderr).toContain("schema/tasks.yaml:5:22 error tasks.title is character(3).");
    expect(stderr).toContain("char_type");
    const json = await run("lint", "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({
      findings: [{ code: "char_type", file: "schema/tasks.yaml", line: 5, column: 22, severity: "error" }],
    });
  });

  it("finds nothing, in one connection or in all", async () => {
    const { run } = await project();
    expect(await run("lint")).toMatchObject({ exitCode: 0, stdout: "Nothing found.\n" });
    expect((await run("lint", "--connection", "main", "--json")).stdout).toContain('"findings": []');
    expect((await run("lint", "--connection", "mian")).exitCode).toBe(2);
  });

  it("annotates under GitHub Actions", async () => {
    const { cwd } = await project({ "schema/tasks.yaml": schema.replace("text", "money") });
    const env = { GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: cwd };
    const { stdout, stderr } = await stk(["schema", "lint"], { cwd, env });
    expect(stdout + stderr).toMatch(/::error file=schema\/tasks\.yaml,line=5,.*title=money_type/);
  });

  it("shows what is wrong with a project that is not valid, and looks no further", async () => {
    const { run } = await project({ "schema/tasks.yaml": schema.replace("text", "texxt") });
    const { exitCode, stderr } = await run("lint");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("schema/tasks.yaml:5");
  });
});

describe("stk schema diagram", { timeout: 120_000 }, () => {
  it("prints Mermaid, and writes an SVG by the name of the file", async () => {
    const { run, cwd } = await project();
    const { exitCode, stdout } = await run("diagram");
    expect(exitCode).toBe(0);
    expect(stdout).toBe('erDiagram\n  "tasks" {\n    bigint id PK\n    text title "null"\n  }\n');
    expect(await run("diagram", "--out", "schema.svg")).toMatchObject({
      exitCode: 0,
      stdout: "schema.svg: 1 table, 0 relations\n",
    });
    expect(readFileSync(join(cwd, "schema.svg"), "utf8")).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    await run("diagram", "--format", "mermaid", "--out", "schema.svg");
    expect(readFileSync(join(cwd, "schema.svg"), "utf8")).toBe(stdout);
    expect(JSON.parse((await run("diagram", "--json")).stdout)).toMatchObject({
      format: "mermaid",
      tables: 1,
    });
  });

  it("wants one connection, a table, a format that it knows and a place to write to", async () => {
    const { run } = await project({
      "config/connections.yaml": 'main: { url: "${DATABASE_URL}" }\nother: { url: "${OTHER_URL}" }\n',
      "schema/tasks.yaml": schema,
      "schema/other.yaml": `connection: other\n${schema}`,
    });
    const many = await run("diagram");
    expect(many).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("several_connections") });
    expect((await run("diagram", "--connection", "other")).exitCode).toBe(0);
    expect((await run("diagram", "--connection", "other", "--format", "png")).exitCode).toBe(2);
    const nowhere = await run("diagram", "--connection", "other", "--out", "no/such/folder.svg");
    expect(nowhere).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("missing_directory") });
    const empty = await project({});
    expect(await empty.run("diagram")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("no_tables"),
    });
  });
});
