import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { warmProject } from "../project/project-directory.ts";
import { stk } from "./in-process.ts";

const broken = {
  "schema/a.yaml": "tables:\n  t:\n    columns:\n      id: { type: uuid, nulable: false }\n",
  "logic/a.sql":
    "---\naccess: public\n---\nselect 'ghp_a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2' as token, nope from t\n",
};

describe("stk validate", () => {
  it("says that a project is valid, from anywhere below it", async () => {
    const root = warmProject({
      "schema/a.yaml": "tables: { t: { columns: { id: { type: uuid } } } }\n",
    });
    expect(await stk(["validate"], { cwd: join(root, "schema") })).toEqual({
      exitCode: 0,
      stdout: "sample is valid.\n",
      stderr: "",
    });
    const json = await stk(["validate", "--project", root, "--json"], { cwd: "/" });
    expect(JSON.parse(json.stdout)).toEqual({ valid: true, diagnostics: [] });
  }, 30_000);

  it("shows every problem with its frame, and exits 1", async () => {
    const { exitCode, stdout, stderr } = await stk(["validate"], { cwd: warmProject(broken) });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "3 problems.\n" });
    expect(stderr).toContain("schema/a.yaml:4:25 error Unknown key `nulable` in `id`.");
    expect(stderr).toContain("Did you mean `nullable`?");
    expect(stderr).toContain(
      "4 |       id: { type: uuid, nulable: false }\n      |                         ^^^^^^^",
    );
    expect(stderr).toContain("literal_secret");
    expect(stderr).not.toContain("a1B2");
  }, 30_000);

  it("gives the problems as JSON, without secrets", async () => {
    const { exitCode, stdout, stderr } = await stk(["validate", "--json"], { cwd: warmProject(broken) });
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      valid: false,
      diagnostics: [
        { code: "literal_secret", file: "logic/a.sql", line: 4, column: 9, severity: "error" },
        { code: "invalid_sql", file: "logic/a.sql", line: 4 },
        { code: "unknown_key", file: "schema/a.yaml", line: 4, column: 25, endColumn: 32 },
      ],
    });
    expect(stdout).not.toContain("a1B2");
  }, 30_000);

  it("says where it looked when there is no project", async () => {
    const { exitCode, stderr } = await stk(["validate"], { cwd: "/" });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("stk init");
  });
});
