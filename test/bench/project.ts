import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import pg from "pg";

const root = path.resolve(import.meta.dirname, "../..");

/** The built command. */
export const stkFile = path.join(root, "dist/stk.js");
/** The built Bridge. */
export const bridgeFile = path.join(root, "dist/bridge.mjs");

/** Whose rows the measured calls read. */
export const owner = "10000000-0000-4000-8000-000000000001";
/** One of their rows. */
export const taskId = "40000000-0000-4000-8000-000000000001";

/** Makes a project by `stk init` with its schema in the database and 20,000 rows of a thousand owners; gives its manifest. */
export async function prepareProject(directory: string, databaseUrl: string): Promise<string> {
  const project = path.join(directory, "shop");
  const env = { DATABASE_URL: databaseUrl };
  await mkdir(directory, { recursive: true });
  await execa(process.execPath, [stkFile, "init", project]);
  await execa(process.execPath, [stkFile, "schema", "apply", "--project", project, "--yes"], { env });
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`insert into tasks (id, title, owner_id) values ('${taskId}', 'The first', '${owner}')`);
  await client.query(
    `insert into tasks (title, owner_id, created_at)
     select 'Task ' || n, ('10000000-0000-4000-8000-' || lpad((n % 1000)::text, 12, '0'))::uuid, now() - n * interval '1 minute'
     from generate_series(1, 20000) n`,
  );
  await client.query("analyze");
  await client.end();
  await execa(process.execPath, [stkFile, "bundle", "--project", project]);
  await execa("tar", ["-xzf", "santokit-bundle.tgz"], { cwd: path.join(project, "dist") });
  return path.join(project, "dist/manifest.json");
}

/** A copy of examples/helpdesk that may be changed. */
export async function copyHelpdesk(directory: string): Promise<string> {
  const project = path.join(directory, "helpdesk");
  await mkdir(directory, { recursive: true });
  await execa("cp", ["-r", path.join(root, "examples/helpdesk"), project]);
  return project;
}

/** What changes in a project: an SQL statement, which is checked again, a TypeScript module, or a limit. */
export type Kind = "statement" | "module" | "limit";

const changes: Readonly<Record<Kind, { file: string; change(text: string, value: number): string }>> = {
  statement: {
    file: "logic/status.sql",
    change: (text, value) => text.replace(/^select(?: \d+ as change,)?$/m, `select ${value} as change,`),
  },
  module: {
    file: "logic/tickets/escalate.ts",
    change: (text, value) =>
      `${text.replace(/^export const change = .*\n/m, "")}export const change = ${value};\n`,
  },
  limit: {
    file: "config/server.yaml",
    change: (text, value) => text.replace(/rows: \d+/, `rows: ${1_000 + value}`),
  },
};

/** Changes one file of helpdesk, so that its bundle differs from every one before. */
export async function changeHelpdesk(project: string, kind: Kind, value: number): Promise<void> {
  const { file, change } = changes[kind];
  const text = await readFile(path.join(project, file), "utf8");
  const changed = change(text, value);
  if (changed === text) throw new Error(`${file} is not what the benchmark changes.`);
  await writeFile(path.join(project, file), changed);
}
