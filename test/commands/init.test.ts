import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { execa } from "execa";
import { beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import packageFile from "../../package.json" with { type: "json" };
import { compileProject } from "../../src/compile/compile-project.ts";
import { readProject } from "../../src/project/read-project.ts";
import { askService } from "../services/ask.ts";
import { temporaryDirectory } from "../services/temporary.ts";
import { stk } from "./in-process.ts";

let cwd: string;
beforeEach(async () => {
  cwd = temporaryDirectory();
});

const filesOf = async (directory: string): Promise<string[]> =>
  (await readdir(directory, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort();

test("writes a project that is named for its directory, with nothing wrong in it", async () => {
  const { exitCode, stdout } = await stk(["init", "shops/My Shöp!"], { cwd });
  expect(exitCode).toBe(0);
  expect(stdout).toContain("Made my-shop in");
  const root = join(cwd, "shops/My Shöp!");
  const { manifest, diagnostics } = await compileProject(await readProject(root));
  expect(diagnostics).toEqual([]);
  expect(manifest?.name).toBe("my-shop");
  for (const file of await filesOf(root))
    expect(await readFile(join(root, file), "utf8")).not.toMatch(/__[A-Z]+__/);
});

test("writes the files that hide, and refuses to commit what must not be", async () => {
  const { stdout } = await stk(["init", "--json"], { cwd });
  const { files, directory } = JSON.parse(stdout);
  expect(directory).toBe(cwd);
  expect(files).toEqual(await filesOf(cwd));
  expect(files).toEqual(
    expect.arrayContaining([".env.example", ".github/workflows/deploy.yml", ".gitignore"]),
  );
  const ignored = (await readFile(join(cwd, ".gitignore"), "utf8")).split("\n");
  expect(ignored).toEqual(expect.arrayContaining([".stk/", "dist/", ".env", "node_modules/"]));
});

test("every YAML file names a JSON Schema that the package has", async () => {
  await stk(["init"], { cwd });
  const own = resolve("schema/json");
  const declared = (await filesOf(cwd)).filter((file) => file.endsWith(".yaml"));
  expect(declared.length).toBeGreaterThan(5);
  const schemas = await readdir(own);
  for (const file of declared) {
    const [first = ""] = (await readFile(join(cwd, file), "utf8")).split("\n", 1);
    const named = resolve(cwd, dirname(file), /\$schema=(\S+)$/.exec(first)?.[1] ?? "");
    expect(dirname(named)).toBe(join(cwd, "node_modules/santokit/schema/json"));
    expect(schemas).toContain(relative(dirname(named), named));
  }
});

test("the package is asked for in the version that wrote the project", async () => {
  await stk(["init"], { cwd });
  const { devDependencies } = JSON.parse(await readFile(join(cwd, "package.json"), "utf8"));
  expect(devDependencies.santokit).toBe(`^${packageFile.version}`);
});

test("the workflow pins its actions, asks for few permissions, and runs commands that exist", async () => {
  await stk(["init"], { cwd });
  const workflow = parse(await readFile(join(cwd, ".github/workflows/deploy.yml"), "utf8"));
  expect(workflow.permissions).toEqual({ contents: "read" });
  const steps = Object.values<{ steps: { uses?: string; run?: string }[] }>(workflow.jobs).flatMap(
    ({ steps }) => steps,
  );
  for (const { uses } of steps.filter(({ uses }) => uses !== undefined)) expect(uses).toMatch(/@v\d+$/);
  const commands = steps.flatMap(({ run = "" }) => run.match(/(?<=npx stk )[a-z ]+(?= -|$)/g) ?? []);
  expect(commands).toEqual(["validate", "schema plan", "deploy image", "schema apply"]);
});

test("its TypeScript is checked against the types that the package has", async () => {
  await stk(["init"], { cwd });
  await askService("/command");
  await mkdir(join(cwd, "node_modules"));
  await symlink(resolve("."), join(cwd, "node_modules", "santokit"));
  const check = () =>
    execa("tsc", ["-p", cwd], { preferLocal: true, localDir: resolve("."), reject: false, all: true });
  expect(await check()).toMatchObject({ exitCode: 0, all: "" });
  const file = join(cwd, "logic/tasks/finish.ts");
  await writeFile(file, (await readFile(file, "utf8")).replace("context.fail(", "context.fial("));
  expect((await check()).all).toContain("fial");
}, 60_000);

test("overwrites nothing: all that is in the way is named, and nothing is written", async () => {
  await writeFile(join(cwd, "stk.yaml"), "mine");
  await writeFile(join(cwd, "package.json"), "{}");
  const { exitCode, stderr } = await stk(["init"], { cwd });
  expect(exitCode).toBe(1);
  expect(stderr).toContain("package.json, stk.yaml");
  expect(await filesOf(cwd)).toEqual(["package.json", "stk.yaml"]);
});

test("a repository's README.md stays, and its .gitignore gets the lines that it lacks", async () => {
  await writeFile(join(cwd, "README.md"), "mine");
  await writeFile(join(cwd, ".gitignore"), "coverage/\r\nnode_modules/\r\n.env");
  const { exitCode, stdout } = await stk(["init", "--project", cwd, "--json"], { cwd: "/" });
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ extended: [".gitignore"], kept: ["README.md"] });
  expect(await readFile(join(cwd, "README.md"), "utf8")).toBe("mine");
  const ignored = (await readFile(join(cwd, ".gitignore"), "utf8")).split(/\r?\n/);
  expect(ignored).toEqual([
    "coverage/",
    "node_modules/",
    ".env",
    ".stk/",
    "dist/",
    ".env.*",
    "!.env.example",
    "",
  ]);
});

test("the directory is given once, and said so that a shell can be told to go there", async () => {
  expect((await stk(["init", "a", "--project", "b"], { cwd })).exitCode).toBe(2);
  const { stdout } = await stk(["init", "it's my shop"], { cwd });
  expect(stdout).toContain(String.raw`cd 'it'\''s my shop'`);
});

test("a second init says that the first was there", async () => {
  await stk(["init", "shop"], { cwd });
  const { exitCode, stdout } = await stk(["init", "shop", "--json"], { cwd });
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: "files_exist",
    details: { files: expect.any(Array) },
  });
});

test("a file in the place of the directory is said to be one", async () => {
  await writeFile(join(cwd, "shop"), "");
  const { exitCode, stderr } = await stk(["init", "shop"], { cwd });
  expect(exitCode).toBe(1);
  expect(stderr).toContain("is a file");
});
