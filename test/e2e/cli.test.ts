import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import packageFile from "../../package.json" with { type: "json" };
import { catalog } from "../../src/cli/catalog.ts";
import { askService } from "../services/ask.ts";
import { stk, stkDone } from "./stk.ts";

describe("the command line", () => {
  it("tells its version", async () => {
    expect(await stkDone(["--version"])).toBe(packageFile.version);
  });

  it("lists every command under a heading", async () => {
    const help = await stkDone(["--help"]);
    for (const { name, group } of catalog) {
      expect(help).toContain(`${group}:`);
      expect(help).toMatch(new RegExp(`^ +${name.split(" ")[0]}\\b`, "m"));
    }
  });

  it.each(catalog.map(({ name }) => name))("explains %s with an example", async (name) => {
    const help = await stkDone([...name.split(" "), "--help"]);
    expect(help).toContain(`Usage: stk ${name}`);
    expect(help).toMatch(new RegExp(`Examples:\\n +\\$ .*stk ${name}`));
  });

  it.each([
    [["no-such-command"]],
    [["validate", "--no-such-option"]],
    [["deploy", "no-such-thing"]],
    [["validate", "one", "two", "three"]],
  ])("refuses %j with exit code 2 and nothing on standard output", async (words) => {
    expect(await stk(words)).toMatchObject({ exitCode: 2, stdout: "" });
  });

  it("says what to do where there is no project", async () => {
    const { exitCode, stderr } = await stk(["validate"], { cwd: tmpdir() });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/stk\.yaml[\s\S]*stk init/);
  });
});

test.each([
  [["--help"], 0],
  [["inspect", "no-such-image:v1"], 1],
])("%j ends with its own exit code %i when nobody reads what it writes", async (words, exitCode) => {
  const command = await askService("/command");
  const child = spawn(process.execPath, [command, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  child.stderr.destroy();
  expect(await once(child, "close")).toEqual([exitCode, null]);
});

/** A mistake: in `file`, `wrong` in the place of `right`; the problem is in the line where `at` stands. */
type Mistake = { file: string; right?: string; wrong: string; at: string; hint?: string };

const mistakes: Readonly<Record<string, Mistake>> = {
  "an unknown key": {
    file: "stk.yaml",
    right: "name: shop",
    wrong: "name: shop\nplatform: [linux/amd64]",
    at: "platform:",
    hint: "platforms",
  },
  "a wrong type": { file: "config/server.yaml", right: "rows: 500", wrong: "rows: many", at: "many" },
  "a permission for a column that does not exist": {
    file: "config/permissions.yaml",
    right: "columns: [title, due_on], set",
    wrong: "columns: [titel, due_on], set",
    at: "titel",
    hint: "title",
  },
  "an undeclared role": {
    file: "config/permissions.yaml",
    right: "      admin: true\n    insert:",
    wrong: "      admn: true\n    insert:",
    at: "admn",
    hint: "admin",
  },
  "a permission for a table that does not exist": {
    file: "config/permissions.yaml",
    right: "  notes:\n    select:",
    wrong: "  note:\n    select:\n      admin: true\n\n  notes:\n    select:",
    at: "  note:",
    hint: "notes",
  },
  "two tables of one name": {
    file: "schema/tasks_again.yaml",
    wrong: "tables:\n  tasks:\n    columns:\n      id: { type: uuid, primaryKey: true }\n",
    at: "  tasks:",
  },
  "a reference to a column that does not exist": {
    file: "schema/lists.yaml",
    wrong:
      "tables:\n  lists:\n    columns:\n      id: { type: uuid, primaryKey: true }\n      task: { type: uuid, references: tasks.idd }\n",
    at: "tasks.idd",
    hint: "id",
  },
  "a reference to a column of another type": {
    file: "schema/steps.yaml",
    wrong:
      "tables:\n  steps:\n    columns:\n      id: { type: uuid, primaryKey: true }\n      task: { type: integer, references: tasks.id }\n",
    at: "integer",
  },
  "a duplicate logic path": {
    file: "logic/status.ts",
    wrong: "/*---\naccess: public\n---*/\nexport default async () => 1;\n",
    at: "/*---",
  },
  "a literal secret": {
    file: "config/connections.yaml",
    right: "url: ${DATABASE_URL}",
    wrong: "url: postgres://app:hunter2@db.example/shop",
    at: "hunter2",
  },
};

describe("a project with ten different mistakes", () => {
  let directory: string;
  let project: string;
  const lineOf = new Map<string, number>();

  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "santokit-mistakes-"));
    project = path.join(directory, "shop");
    await stkDone(["init", project]);
    for (const { file, right, wrong } of Object.values(mistakes)) {
      const text = right === undefined ? wrong : await readFile(path.join(project, file), "utf8");
      if (right !== undefined && !text.includes(right)) throw new Error(`${file} of stk init lacks ${right}`);
      await writeFile(
        path.join(project, file),
        right === undefined ? text : text.replace(right, () => wrong),
      );
    }
    for (const [name, { file, at }] of Object.entries(mistakes)) {
      const lines = (await readFile(path.join(project, file), "utf8")).split("\n");
      lineOf.set(name, lines.findIndex((line) => line.includes(at)) + 1);
    }
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it("is refused with all ten, each in its line, with a suggestion and without the secret", async () => {
    const { exitCode, stdout, stderr } = await stk(["validate", "--project", project]);
    expect(exitCode).toBe(1);
    const shown = `${stdout}\n${stderr}`;
    const missed = Object.entries(mistakes).filter(([name, { file, hint = "" }]) => {
      const place = `${file}:${lineOf.get(name)}:`;
      const told = shown.split(/^(?=\S+:\d+:\d+ )/m).filter((each) => each.startsWith(place));
      return !told.some((each) => each.includes(hint));
    });
    expect(missed, shown).toEqual([]);
    expect(shown).not.toContain("hunter2");
  });

  it("is told to a program as JSON, and to GitHub as annotations", async () => {
    const { exitCode, stdout } = await stk(["validate", "--project", project, "--json"]);
    expect(exitCode).toBe(1);
    const places = JSON.stringify(JSON.parse(stdout));
    for (const { file } of Object.values(mistakes)) expect(places).toContain(`"file":"${file}"`);
    const annotated = await stk(["validate", "--project", project], { env: { GITHUB_ACTIONS: "true" } });
    const marks = annotated.stdout.match(/^::error .*file=/gm) ?? [];
    expect(marks.length).toBeGreaterThanOrEqual(Object.keys(mistakes).length);
  });
});
