import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { SourceMap } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Bundle, createBundle, writeBundle } from "../../src/bundle/bundle.ts";
import { compileProject } from "../../src/compile/compile-project.ts";
import { DiagnosticsError } from "../../src/core/diagnostic.ts";
import { readProject } from "../../src/project/read-project.ts";
import { projectDirectory } from "../project/project-directory.ts";

const files = {
  "schema/b.yaml": "tables: { b: { columns: { z: { type: text }, a: { type: uuid, primaryKey: true } } } }\n",
  "schema/a.yaml": "tables: { a: { columns: { b: { type: uuid, references: b.a } } } }\n",
  "config/permissions.yaml": "tables: { b: { select: { public: true } } }\n",
  "logic/z.sql": "---\naccess: public\n---\nselect a, z from b\n",
  "logic/Ä.md": "not a call\n",
  "logic/m/b.ts":
    "/*---\naccess: public\n---*/\nimport { x } from '../_code/x.ts';\nexport default (): string => `é ${x}`;\n",
  "logic/m/a.js": "/*---\naccess: public\n---*/\nexport default () => import.meta.url;\n",
  "logic/_code/x.ts": "export const x: number = 1;\n",
};

const bundleOf = async (content: Readonly<Record<string, string>>): Promise<Bundle> =>
  createBundle(await compileProject(await readProject(projectDirectory(content))));

describe("createBundle", () => {
  it("gives the same bytes from another directory, another order of files, another locale and CRLF", async () => {
    const first = await bundleOf(files);
    const shuffled = Object.fromEntries(Object.entries(files).reverse());
    const second = await bundleOf(shuffled);
    expect(second.digest).toBe(first.digest);
    expect(Buffer.from(second.tarball).equals(first.tarball)).toBe(true);
    const windows = Object.entries(files).map(([path, text]) => [
      path,
      /\.[tj]s$/.test(path) ? text : text.replaceAll("\n", "\r\n"),
    ]);
    expect((await bundleOf(Object.fromEntries(windows))).digest).toBe(first.digest);
    expect((await bundleOf({ ...files, "logic/z.sql": `${files["logic/z.sql"]} ` })).digest).toBe(
      first.digest,
    );
    expect(
      (await bundleOf({ ...files, "logic/z.sql": files["logic/z.sql"].replace("a, z", "z, a") })).digest,
    ).not.toBe(first.digest);
  }, 30_000);

  it("gives the same digest with a warm cache", async () => {
    const root = projectDirectory(files);
    const digests = [];
    for (let round = 0; round < 2; round += 1)
      digests.push(createBundle(await compileProject(await readProject(root))).digest);
    expect(digests[1]).toBe(digests[0]);
  }, 30_000);

  it("holds the manifest, the modules and their maps, and nothing of the machine", async () => {
    const bundle = await bundleOf({ ...files, ".env": "SECRET_VALUE=1\n" });
    expect(bundle.files.map(({ path }) => path)).toEqual([
      "logic/m/a.mjs",
      "logic/m/b.mjs",
      "manifest.json",
      "maps/logic/m/a.mjs.map",
      "maps/logic/m/b.mjs.map",
    ]);
    const tar = gunzipSync(bundle.tarball);
    expect(tar.includes(tmpdir())).toBe(false);
    expect(tar.includes("SECRET_VALUE")).toBe(false);
    expect(`sha256:${createHash("sha256").update(tar).digest("hex")}`).toBe(bundle.digest);
  }, 30_000);

  it("publishes no comment and no unused code of the sources, and still knows the lines of both", async () => {
    const source =
      "/*---\naccess: public\n---*/\n// A secret plan.\nfunction unused(): string {\n  return 'dead code';\n}\n" +
      "export default (): void => {\n  throw new Error('live'); // Another secret plan.\n};\n";
    const bundle = await bundleOf({ ...files, "logic/m/c.ts": source });
    const tar = gunzipSync(bundle.tarball).toString();
    expect(tar).toContain("live");
    expect(tar).not.toMatch(/secret plan|dead code|sourcesContent/);
    const contentOf = (wanted: string) =>
      Buffer.from(bundle.files.find(({ path }) => path === wanted)?.content ?? "").toString();
    const line = contentOf("logic/m/c.mjs")
      .split("\n")
      .findIndex((text) => text.includes("live"));
    const map = new SourceMap(JSON.parse(contentOf("maps/logic/m/c.mjs.map")));
    expect(map.findEntry(line, 8)).toMatchObject({
      originalLine: 8,
      originalSource: expect.stringContaining("c.ts"),
    });
  }, 30_000);

  it("is refused for a project with a problem", async () => {
    await expect(bundleOf({ "schema/a.yaml": "tables: []\n" })).rejects.toThrow(DiagnosticsError);
  }, 30_000);
});

describe("writeBundle", () => {
  it("writes what tar can read, over what was there", async () => {
    const bundle = await bundleOf(files);
    const directory = mkdtempSync(join(tmpdir(), "stk-bundle-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    writeBundle(bundle, join(directory, "dist"));
    const { manifest, tarball } = writeBundle(bundle, join(directory, "dist"));
    expect(readdirSync(join(directory, "dist")).sort()).toEqual(["manifest.json", "santokit-bundle.tgz"]);
    const listed = execFileSync("tar", ["-tzvf", tarball, "--utc", "--numeric-owner"], { encoding: "utf8" });
    expect(listed).toMatch(/^-rw-r--r-- 0\/0 +\d+ 1970-01-01 00:00 manifest\.json$/m);
    execFileSync("tar", ["-xzf", tarball, "-C", directory]);
    expect(readFileSync(join(directory, "manifest.json"), "utf8")).toBe(readFileSync(manifest, "utf8"));
    expect(JSON.parse(readFileSync(manifest, "utf8"))).toEqual(JSON.parse(JSON.stringify(bundle.manifest)));
  }, 30_000);
});
