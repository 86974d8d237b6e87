import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import { parseSync } from "oxc-parser";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const root = path.resolve(import.meta.dirname, "..");

/** The folders that hold the product, and whose files each may import beside its own (docs/architecture.md). */
const allowed: Readonly<Record<string, readonly string[]>> = {
  schema: [],
  config: ["schema"],
  "src/core": ["schema", "config"],
  "src/project": ["schema", "config", "src/core"],
  "src/database": ["schema", "config", "src/core"],
  "src/compile": ["schema", "config", "src/core", "src/project", "src/database"],
  "src/snapshot": ["schema", "config", "src/core", "src/project", "src/database", "src/compile"],
  "src/lint": ["schema", "config", "src/core", "src/project", "src/compile", "src/database"],
  "src/diagram": ["schema", "config", "src/core", "src/database"],
  "src/bundle": ["schema", "config", "src/core", "src/project", "src/compile"],
  "src/oci": ["schema", "config", "src/core"],
  "src/deploy": ["schema", "config", "src/core", "src/project", "src/compile", "src/bundle", "src/oci"],
  runtime: ["schema", "config", "src/core"],
  "src/dev": [
    ...["schema", "config", "runtime"],
    ...["src/core", "src/project", "src/database", "src/compile", "src/bundle", "src/oci", "src/deploy"],
  ],
  "src/commands": [
    ...["schema", "config"],
    ...[
      "src/core",
      "src/project",
      "src/database",
      "src/compile",
      "src/snapshot",
      "src/lint",
      "src/diagram",
      "src/bundle",
      "src/oci",
      "src/deploy",
      "src/dev",
    ],
  ],
  "src/cli": ["schema", "config", "src/core", "src/commands"],
};

/** Stands for the specifier of an import that only running the program tells. */
const computed = "(computed)";

/** The only files and folders that may import a library, which keeps the library's ways out of the rest. */
const homes: Readonly<Record<string, readonly string[]>> = {
  commander: ["src/cli/program.ts"],
  dockerode: ["src/oci/engine.ts"],
  pg: ["src/database/", "runtime/database/"],
  "pg-connection-string": ["runtime/database/"],
  esbuild: ["src/compile/module.ts"],
  [computed]: ["runtime/logic/"],
};

/** What may stand at the top of the repository. */
const topLevel = new Set([
  ...[
    ".ci",
    ".git",
    ".github",
    ".gitignore",
    ".stk",
    "config",
    "coverage",
    "dist",
    "docs",
    "examples",
    "node_modules",
  ],
  ...[
    "runtime",
    "schema",
    "scripts",
    "src",
    "templates",
    "test",
    "Dockerfile.bridge",
    "LICENSE",
    "README.md",
  ],
  ...["biome.json", "knip.json", "package-lock.json", "package.json", "tsconfig.json", "vitest.config.ts"],
  ...["CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", ".npmrc", ".editorconfig", ".dockerignore"],
]);

const fewestFiles = 80;
const mostLines = 250;

/** `local`: whether it names a file of this repository, by its path from the root, and not a package. */
type Import = { from: string; to: string; local: boolean };

const literal = z.object({ type: z.literal("Literal"), value: z.string() });

/** Everything that a file imports: static, type-only, re-exported and dynamic. */
function importsOf(file: string, text: string): Import[] {
  const { module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const dynamic = module.dynamicImports.map(({ moduleRequest: { start, end } }) => {
    const source = parseSync("specifier.js", text.slice(start, end)).program.body[0];
    const expression =
      source?.type === "ExpressionStatement" ? literal.safeParse(source.expression) : undefined;
    return expression?.success === true ? expression.data.value : computed;
  });
  const fixed = module.staticImports.map(({ moduleRequest }) => moduleRequest.value);
  const passedOn = module.staticExports
    .flatMap(({ entries }) => entries)
    .flatMap(({ moduleRequest }) => (moduleRequest === null ? [] : [moduleRequest.value]));
  return [...new Set([...fixed, ...passedOn, ...dynamic])].map((specifier) => ({
    from: file,
    to: specifier.startsWith(".") ? path.posix.join(path.posix.dirname(file), specifier) : specifier,
    local: specifier.startsWith("."),
  }));
}

const folderOf = (file: string): string | undefined =>
  Object.keys(allowed)
    .filter((folder) => file.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0];

const packageOf = (specifier: string): string => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;

const isFile = (name: string): boolean =>
  existsSync(path.join(root, name)) && statSync(path.join(root, name)).isFile();

/** Why an import must not be, or undefined where it may. */
function fault({ from, to, local }: Import): string | undefined {
  const importer = folderOf(from);
  const target = folderOf(to);
  const said = `${from} imports ${to}`;
  if (importer === undefined) return `${from} is in a folder that docs/architecture.md does not name`;
  if (!local) {
    const home = homes[packageOf(to)];
    const atHome = home === undefined || home.some((place) => from.startsWith(place));
    return atHome ? undefined : `${said}: only in ${home.join(", ")}`;
  }
  if (target === undefined)
    return to === "package.json" ? undefined : `${said}: it is no part of the product`;
  const mayTake = importer === target || allowed[importer]?.includes(target);
  return mayTake ? undefined : `${said}: ${target} is not for ${importer}`;
}

/** The files of the first cycle that is found, or undefined. */
function cycle(imports: readonly Import[]): string[] | undefined {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to]);
  const finished = new Set<string>();
  const visit = (file: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file];
    if (finished.has(file)) return undefined;
    for (const target of targets.get(file) ?? []) {
      const found = visit(target, [...trail, file]);
      if (found !== undefined) return found;
    }
    finished.add(file);
    return undefined;
  };
  for (const file of targets.keys()) {
    const found = visit(file, []);
    if (found !== undefined) return found;
  }
  return undefined;
}

const files = globSync("{schema,config,src,runtime}/**/*.ts", { cwd: root }).map((file) =>
  file.split(path.sep).join("/"),
);
const sources = new Map(files.map((file) => [file, readFileSync(path.join(root, file), "utf8")]));
const imports = files.flatMap((file) => importsOf(file, sources.get(file) ?? ""));

describe("the architecture", () => {
  it("was seen whole: enough files, with imports", () => {
    expect(files.length).toBeGreaterThanOrEqual(fewestFiles);
    expect(imports.length).toBeGreaterThan(files.length);
  });

  it("has no import that leads nowhere", () => {
    expect(imports.filter(({ local, to }) => local && !isFile(to))).toEqual([]);
  });

  it("imports no package that package.json does not name", () => {
    const { dependencies, devDependencies } = z
      .object({
        dependencies: z.record(z.string(), z.string()),
        devDependencies: z.record(z.string(), z.string()),
      })
      .parse(JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")));
    const known = new Set([...Object.keys(dependencies), ...Object.keys(devDependencies)]);
    const foreign = imports.filter(
      ({ local, to }) => !local && to !== computed && !isBuiltin(to) && !known.has(packageOf(to)),
    );
    expect(foreign).toEqual([]);
  });

  it("has imports that run one way", () => {
    expect(imports.map(fault).filter((found) => found !== undefined)).toEqual([]);
  });

  it("has no cycle of files", () => {
    expect(cycle(imports)).toBeUndefined();
  });

  it("has no drawer for odds and ends", () => {
    const drawers = /(?:^|[/-])(?:utils?|helpers?|common|misc|shared)(?:[/.-]|$)/;
    expect(files.filter((file) => drawers.test(file))).toEqual([]);
  });

  it("has no long file", () => {
    const lines = [...sources].map(([file, text]) => ({ file, lines: text.trimEnd().split("\n").length }));
    expect(lines.filter((each) => each.lines > mostLines)).toEqual([]);
  });

  it("has nothing unexpected at the top", () => {
    const found = globSync("*", { cwd: root, withFileTypes: true }).map(({ name }) => name);
    expect(found.filter((name) => !topLevel.has(name))).toEqual([]);
    expect(found).toContain("package.json");
  });
});

describe("the rules themselves", () => {
  const faultsIn = (file: string, text: string) => importsOf(file, text).map(fault);

  it.each([
    ["a type", 'import type { run } from "../cli/run.ts";'],
    ["a value", 'import { run } from "../cli/run.ts";'],
    ["a re-export", 'export { run } from "../cli/run.ts";'],
    ["a whole re-export", 'export * from "../cli/run.ts";'],
    ["a dynamic import", 'export const load = () => import("../cli/run.ts");'],
    ["a computed import", "export const load = (name: string) => import(name);"],
    ["a library out of its place", 'import { Pool } from "pg";'],
    ["a library's subpath", 'import type { Pool } from "pg/lib/pool";'],
    ["a template", 'import text from "../../templates/stk.yaml";'],
  ])("find %s that core must not import", (_, text) => {
    expect(faultsIn("src/core/example.ts", text)).toEqual([expect.any(String)]);
  });

  it("let through what is allowed", () => {
    expect(
      faultsIn("src/database/example.ts", 'import { Pool } from "pg"; import { x } from "../core/error.ts";'),
    ).toEqual([undefined, undefined]);
  });

  it("find a file in a folder that nobody named", () => {
    expect(faultsIn("src/extra/example.ts", 'import "node:fs";')).toEqual([
      expect.stringContaining("does not name"),
    ]);
  });

  it("find a cycle, and none in a diamond", () => {
    const edges = (...pairs: string[]) => pairs.map(([from = "", to = ""]) => ({ from, to, local: true }));
    expect(cycle(edges("ab", "bc", "ca"))).toEqual(["a", "b", "c", "a"]);
    expect(cycle(edges("ab", "ac", "bd", "cd"))).toBeUndefined();
  });
});
