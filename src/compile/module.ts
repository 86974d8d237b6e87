import { relative, sep } from "node:path";
import type { BuildFailure, BuildOptions, Message, Metafile } from "esbuild";
import type { Diagnostic } from "../core/diagnostic.ts";
import { problem, startOf } from "../project/problem.ts";

/** A module to bundle: the call's path and its file below the project's root. */
export type ModuleEntry = { path: string; file: string };

/**
 * A bundled module. `map` is its source map (ECMA-426), which the code does not name: places and names, not the sources,
 * so that no comment and no code that is left out gets into an image.
 */
export type BundledModule = { path: string; code: string; map: string; exports: string[] };

/** An import of something that is not bundled: of Node itself. */
export type OutsideImport = { file: string; specifier: string };

/** What esbuild made of all modules, and every file that it read, below the root. */
export type BundledModules = {
  modules: BundledModule[];
  inputs: string[];
  outside: OutsideImport[];
  diagnostics: Diagnostic[];
};

/**
 * Bundles every module into one file of its own. Paths in the output are relative to the root, and no tsconfig of
 * the machine's is read, so that the same files give the same bytes.
 */
export async function bundleModules(root: string, entries: readonly ModuleEntry[]): Promise<BundledModules> {
  if (entries.length === 0) return { modules: [], inputs: [], outside: [], diagnostics: [] };
  const { build } = await import("esbuild");
  const run = (extra: BuildOptions) =>
    build({ ...optionsOf(root, entries), ...extra, write: false, metafile: true });
  try {
    const plain = await run({});
    // A CommonJS package that requires a part of Node finds no `require` in a module.
    const needsRequire = Object.values(plain.metafile.outputs).some(({ imports }) =>
      imports.some(({ kind, external }) => kind === "require-call" && external === true),
    );
    const { outputFiles, metafile } = needsRequire
      ? await run({ banner: { js: `${requireBanner} ${globalBanner}` } })
      : plain;
    const texts = new Map(
      outputFiles.map(({ path, text }) => [relative(root, path).split(sep).join("/"), text]),
    );
    return {
      modules: entries.map(({ path, file }) => moduleOf(path, file, texts, metafile)),
      inputs: Object.keys(metafile.inputs).sort(),
      outside: outsideImports(metafile),
      diagnostics: [],
    };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    return { modules: [], inputs: [], outside: [], diagnostics: error.errors.map(asDiagnostic) };
  }
}

const outdir = "modules";
const requireBanner =
  'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);';

/** The Bridge gives each module a global object of its own to write to, which inherits from the one that all share. */
const globalBanner = 'const __santokitGlobal = globalThis[Symbol.for("santokit.global")]?.() ?? globalThis;';

const optionsOf = (root: string, entries: readonly ModuleEntry[]): BuildOptions => ({
  absWorkingDir: root,
  entryPoints: entries.map(({ path, file }) => ({ in: `./${file}`, out: path })),
  outdir,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node22",
  charset: "utf8",
  sourcemap: "external",
  sourcesContent: false,
  tsconfigRaw: {},
  banner: { js: globalBanner },
  define: {
    "process.env.NODE_ENV": '"production"',
    global: "__santokitGlobal",
    globalThis: "__santokitGlobal",
  },
  logLevel: "silent",
  logLimit: 50,
});

function moduleOf(
  path: string,
  file: string,
  texts: ReadonlyMap<string, string>,
  { outputs }: Metafile,
): BundledModule {
  const output = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === file);
  const name = output?.[0] ?? "";
  return {
    path,
    code: withoutReturns(texts.get(name) ?? ""),
    map: texts.get(`${name}.map`) ?? "",
    exports: output?.[1].exports ?? [],
  };
}

/**
 * A checkout may end its lines as Windows does, and gives the same bytes all the same. In code a line's end is the same
 * however it is written, inside of a template literal too (ECMA-262, 12.9.6.1).
 */
const withoutReturns = (text: string): string => text.replaceAll("\r\n", "\n");

const outsideImports = ({ inputs }: Metafile): OutsideImport[] =>
  Object.entries(inputs).flatMap(([file, { imports }]) =>
    imports.filter(({ external }) => external === true).map(({ path }) => ({ file, specifier: path })),
  );

function asDiagnostic({ text, location, notes }: Message): Diagnostic {
  const hint = notes[0]?.text;
  const message = `${text.replace(/\.$/, "")}.`;
  if (location === null) return problem(startOf("logic"), "invalid_module", message, hint);
  const { file, line, column, lineText, length } = location;
  // esbuild counts bytes of UTF-8 from 0.
  const units = (bytes: number): number => Buffer.from(lineText).subarray(0, bytes).toString().length;
  const at = {
    file,
    line,
    column: units(column) + 1,
    endLine: line,
    endColumn: units(column + Math.max(1, length)) + 1,
  };
  return problem(at, "invalid_module", message, hint);
}

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && "errors" in error && Array.isArray(error.errors);
