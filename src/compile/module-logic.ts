import { existsSync } from "node:fs";
import { join } from "node:path";
import { logicImports } from "../../config/logic-imports.ts";
import type { ModuleLogic } from "../../schema/manifest.ts";
import { defaultConnection } from "../../schema/names.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import { problem, startOf } from "../project/problem.ts";
import type { LogicFile, Project } from "../project/project.ts";
import { readText } from "../project/read-text.ts";
import { createSourceReader } from "../project/source-reader.ts";
import { placeOf } from "../project/text-position.ts";
import type { BundledModule, OutsideImport } from "./module.ts";
import { bundleModulesCached } from "./module-cache.ts";

/** The modules of a project, bundled, and what is wrong with them. */
export type CompiledModules = {
  modules: BundledModule[];
  logic: Map<string, ModuleLogic>;
  diagnostics: Diagnostic[];
  sources: ReadonlyMap<string, string>;
  redact(text: string): string;
};

type ModuleFile = LogicFile & { kind: "module" };

/** Bundles the TypeScript and JavaScript logic. Of two files with one path the first is taken. */
export async function compileModules(project: Project, cacheDirectory: string): Promise<CompiledModules> {
  const { root } = project;
  const byPath = new Map<string, ModuleFile>();
  for (const logic of project.logic)
    if (logic.kind === "module" && !byPath.has(logic.path)) byPath.set(logic.path, logic);
  const files = [...byPath.values()];
  const entries = files.map(({ path, file }) => ({ path, file }));
  const bundled = await bundleModulesCached(root, entries, cacheDirectory);
  const exported = new Map(bundled.modules.map((module) => [module.path, module.exports]));
  const imported: Diagnostic[] = [];
  const reader = createSourceReader(root, imported);
  for (const file of bundled.inputs)
    if (!file.includes("node_modules/") && !project.sources.has(file)) reader.read(file);
  return {
    modules: bundled.modules,
    logic: new Map(files.flatMap((file) => logicOf(file))),
    sources: reader.sources,
    redact: reader.redact,
    diagnostics: [
      ...bundled.diagnostics,
      ...imported,
      ...bundled.outside.flatMap((one) => refuseImport(root, one)),
      ...files
        .filter(({ path }) => exported.get(path)?.includes("default") === false)
        .map(({ file }) => {
          const hint = "Write: export default async function (params, context) { ... }";
          return problem(startOf(file), "missing_export", `${file} has no default export to call.`, hint);
        }),
    ],
  };
}

function logicOf({ path, front }: ModuleFile): [string, ModuleLogic][] {
  if (front === undefined) return [];
  const { access, params, connection, env } = front.value;
  const logic: ModuleLogic = {
    kind: "module",
    access,
    params: params ?? {},
    connection: connection ?? defaultConnection,
    file: `logic/${path}.mjs`,
    env: [...new Set(env)].sort(),
  };
  return [[path, logic]];
}

function refuseImport(root: string, { file, specifier }: OutsideImport): Diagnostic[] {
  // A package may name what it does not need here: there it is inert, and only its use is refused.
  if (file.includes("node_modules/")) return [];
  if (logicImports.has(specifier.replace(/^node:/, ""))) return [];
  const message = `\`${specifier}\` cannot be imported: the Bridge gives logic no files, processes or sockets.`;
  const hint = "Use what context gives, fetch, or a package that needs none of these.";
  const at = existsSync(join(root, file)) ? placeOfImport(root, file, specifier) : startOf(file);
  return [problem(at, "forbidden_import", message, hint)];
}

function placeOfImport(root: string, file: string, specifier: string) {
  const result = readText(root, file);
  if ("diagnostic" in result) return startOf(file);
  const quoted = [`"${specifier}"`, `'${specifier}'`]
    .map((one) => result.text.indexOf(one))
    .filter((at) => at >= 0);
  const start = Math.min(...quoted);
  return quoted.length === 0
    ? startOf(file)
    : placeOf(file, result.text, start, start + specifier.length + 2);
}
