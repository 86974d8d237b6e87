import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, posix } from "node:path";
import { z } from "zod";
import { cacheFiles } from "../core/cache-file.ts";
import { digestOf } from "../core/digest.ts";
import { type BundledModules, bundleModules, type ModuleEntry } from "./module.ts";

const version = 2;

const kept = z.strictObject({
  digests: z.record(z.string(), z.string()),
  modules: z.array(
    z.strictObject({ path: z.string(), code: z.string(), map: z.string(), exports: z.array(z.string()) }),
  ),
  outside: z.array(z.strictObject({ file: z.string(), specifier: z.string() })),
});

/**
 * {@link bundleModules}, or what it gave before, where every file that it read then is still the same and so are the
 * files that decide what an import finds.
 */
export async function bundleModulesCached(
  root: string,
  entries: readonly ModuleEntry[],
  directory: string,
): Promise<BundledModules> {
  if (entries.length === 0) return bundleModules(root, entries);
  const cache = cacheFiles(join(directory, "modules"), kept);
  const digests = (files: readonly string[]) =>
    Object.fromEntries(files.map((file) => [file, digestOfFile(join(root, file))]));
  const lookup = digests(["package.json", "package-lock.json", "pnpm-lock.yaml", "yarn.lock"]);
  const key = digestOf(JSON.stringify([version, bundlerVersion(), entries, lookup])).slice("sha256:".length);
  const found = cache.read(key);
  if (
    found !== undefined &&
    Object.entries(found.digests).every(([file, digest]) => digestOfFile(join(root, file)) === digest)
  )
    return {
      modules: found.modules,
      outside: found.outside,
      inputs: Object.keys(found.digests).filter((file) => !file.endsWith("/")),
      diagnostics: [],
    };
  const made = await bundleModules(root, entries);
  if (made.diagnostics.length === 0)
    cache.write(key, {
      digests: digests([...made.inputs, ...foldersOf(made.inputs)]),
      modules: made.modules,
      outside: made.outside,
    });
  return made;
}

/** The project's folders that imports were found in: a file that appears there may be found in place of another. */
const foldersOf = (inputs: readonly string[]): string[] => [
  ...new Set(
    inputs.filter((file) => !file.includes("node_modules/")).map((file) => `${posix.dirname(file)}/`),
  ),
];

/** The digest of a file, or of the names in a folder whose path ends with `/`. */
function digestOfFile(file: string): string {
  try {
    return digestOf(file.endsWith("/") ? readdirSync(file).sort().join("\n") : readFileSync(file));
  } catch {
    return "absent";
  }
}

const packageFile = z.object({ version: z.string() });

const bundlerVersion = (): string =>
  packageFile.parse(
    JSON.parse(readFileSync(createRequire(import.meta.url).resolve("esbuild/package.json"), "utf8")),
  ).version;
