import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openPostgres } from "../../src/database/postgres.ts";
import { warmProject } from "../project/project-directory.ts";
import { freshDatabase } from "../services/postgres.ts";
import { stk } from "./in-process.ts";

const written = `# yaml-language-server: $schema=../node_modules/santokit/schema/json/schema.json
connection: main

tables:
  tasks:
    columns:
      id: { type: integer, primaryKey: true }
      title: { type: text }
`;

async function project(sql: string, files: Record<string, string> = {}) {
  const { url, drop } = await freshDatabase();
  onTestFinished(drop);
  const database = await openPostgres({ url, applicationName: "test", connectTimeoutMs: 5_000 });
  await database.script(sql);
  await database.close();
  const cwd = warmProject(files);
  const run = (...words: string[]) => stk(["schema", ...words], { cwd, env: { DATABASE_URL: url } });
  return { cwd, run, file: path.join(cwd, "schema/public.yaml") };
}

it("writes what is in the database, after which nothing is pending", { timeout: 60_000 }, async () => {
  const { run, file } = await project("create table tasks (id int primary key, title text)");
  const dry = await run("snapshot", "--dry-run");
  expect(dry.exitCode).toBe(0);
  expect(dry.stdout).toBe("main: 1 file\n  schema/public.yaml\n    + tables: tasks\n");
  expect((await run("snapshot", "--check")).exitCode).toBe(3);
  expect(existsSync(file)).toBe(false);

  const taken = await run("snapshot", "--json");
  expect(taken.exitCode).toBe(0);
  expect(JSON.parse(taken.stdout)).toEqual({
    written: true,
    connections: [
      {
        connection: "main",
        files: ["schema/public.yaml"],
        changes: [{ file: "schema/public.yaml", change: "add", kind: "tables", name: "tasks" }],
        leftOut: [],
      },
    ],
  });
  expect(readFileSync(file, "utf8")).toBe(written);
  expect((await run("plan", "--exit-code")).exitCode).toBe(0);
  const again = await run("snapshot", "--check");
  expect(again.exitCode).toBe(0);
  expect(again.stdout).toBe("main: the files say what is in the database\n");
});

it("says which promise it could not keep", { timeout: 60_000 }, async () => {
  const { run } = await project(
    "create table tasks (id int primary key, title text); create table old (id int)",
    {
      "schema/public.yaml": `${written}removed: { tables: [old] }\n`,
    },
  );
  const taken = await run("snapshot");
  expect(taken.exitCode).toBe(1);
  expect(taken.stderr).toContain("snapshot_incomplete");
  expect(taken.stderr).toContain("old");
});

it("writes nothing where the files have mistakes", { timeout: 60_000 }, async () => {
  const broken = written.replace("type: text", "typ: text");
  const { run, file } = await project("create table tasks (id int primary key, title text)", {
    "schema/public.yaml": broken,
  });
  const taken = await run("snapshot");
  expect(taken.exitCode).toBe(1);
  expect(readFileSync(file, "utf8")).toBe(broken);
});

it("knows no connection that is not declared", { timeout: 60_000 }, async () => {
  const { run } = await project("");
  const taken = await run("snapshot", "--connection", "mian");
  expect(taken.exitCode).toBe(2);
  expect(taken.stderr).toContain("main");
});
