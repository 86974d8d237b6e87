import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectDirectory } from "../project/project-directory.ts";
import { stk } from "./in-process.ts";

const files = { "schema/a.yaml": "tables: { t: { columns: { id: { type: uuid } } } }\n" };

describe("stk bundle", () => {
  it("writes dist/ in the project and prints the digest", async () => {
    const root = projectDirectory(files);
    const { exitCode, stdout } = await stk(["bundle", "--project", root], { cwd: root });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^dist\/manifest\.json\ndist\/santokit-bundle\.tgz \d+ bytes, 1 file\nsha256:[0-9a-f]{64}\n$/,
    );
    expect(readdirSync(join(root, "dist")).sort()).toEqual(["manifest.json", "santokit-bundle.tgz"]);
  }, 30_000);

  it("writes where --out says, seen from the current directory", async () => {
    const root = projectDirectory(files);
    const { stdout } = await stk(["bundle", "--out", "build", "--json"], { cwd: join(root, "schema") });
    expect(JSON.parse(stdout)).toMatchObject({
      manifest: join(root, "schema/build/manifest.json"),
      files: [{ path: "manifest.json" }],
    });
    expect(existsSync(join(root, "schema/build/santokit-bundle.tgz"))).toBe(true);
  }, 30_000);

  it("writes nothing for a project with a problem", async () => {
    const root = projectDirectory({ "schema/a.yaml": "tables: 1\n" });
    const { exitCode, stderr } = await stk(["bundle"], { cwd: root });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("schema/a.yaml:1:9 error");
    expect(existsSync(join(root, "dist"))).toBe(false);
  }, 30_000);
});
