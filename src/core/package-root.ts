import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const packageFile = z.object({ name: z.string(), version: z.string() });

/** santokit's own package: where it stands, the same for the sources and for what was bundled into `dist/`. */
export type OwnPackage = { root: string; version: string };

let found: OwnPackage | undefined;

/** Finds {@link OwnPackage}: the nearest directory above this file whose package.json says `santokit`. */
export function ownPackage(): OwnPackage {
  found ??= search(dirname(fileURLToPath(import.meta.url)));
  return found;
}

function search(directory: string): OwnPackage {
  const file = join(directory, "package.json");
  if (existsSync(file)) {
    const { name, version } = packageFile.parse(JSON.parse(readFileSync(file, "utf8")));
    if (name === "santokit") return { root: directory, version };
  }
  const above = dirname(directory);
  if (above === directory) throw new Error("santokit's own package.json is missing above its code.");
  return search(above);
}
