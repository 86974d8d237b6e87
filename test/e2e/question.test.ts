import { expect, it, onTestFinished } from "vitest";
import { openPostgres } from "../../src/database/postgres.ts";
import { warmProject } from "../project/project-directory.ts";
import { freshDatabase } from "../services/postgres.ts";
import { inTerminal } from "./terminal.ts";

const schema = "tables:\n  tasks:\n    columns:\n      id: { type: int, primaryKey: true }\n";

async function asked(yaml = schema) {
  const { url, drop } = await freshDatabase();
  onTestFinished(drop);
  const cwd = warmProject({ "schema/tasks.yaml": yaml });
  const terminal = await inTerminal("schema apply", { cwd, env: { DATABASE_URL: url } });
  const database = await openPostgres({ url, applicationName: "test", connectTimeoutMs: 5_000 });
  onTestFinished(() => database.close());
  const isApplied = async () =>
    (await database.query("select to_regclass('tasks') as found"))[0]?.found !== null;
  return { terminal, url, isApplied };
}

it.each([
  ["Ctrl-C", "\x03", 130],
  ["Ctrl-D", "\x04", 1],
  ["no", "no\r", 1],
  ["Enter alone", "\r", 1],
])("%s at the question of apply applies nothing, and says so", async (_, keys, exitCode) => {
  const { terminal, url, isApplied } = await asked();
  const { host, pathname } = new URL(url);
  await terminal.shows(`Apply this to postgres://${host}${pathname}, from DATABASE_URL`);
  await terminal.shows("[y/N]");
  terminal.type(keys);
  expect(await terminal.ended).toBe(exitCode);
  expect(terminal.screen()).toMatch(/\nNothing was applied\.\s*$/);
  expect(await isApplied()).toBe(false);
});

it("yes at the question of apply applies it", async () => {
  const { terminal, isApplied } = await asked();
  await terminal.shows("[y/N]");
  terminal.type("yes\r");
  expect(await terminal.ended).toBe(0);
  expect(await isApplied()).toBe(true);
});
