import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { z } from "zod";

const packageFile = z.object({ version: z.string() });

/** The version of the embedded Postgres' package, by which what it said is kept. */
export function pgliteVersion(): string {
  const entry = createRequire(import.meta.url).resolve("@electric-sql/pglite");
  const file = join(entry, "..", "..", "package.json");
  return packageFile.parse(JSON.parse(readFileSync(file, "utf8"))).version;
}
