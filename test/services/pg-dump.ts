import path from "node:path";
import { execa } from "execa";
import { type PostgresVersion, postgresPrograms } from "./postgres-server.ts";

/**
 * The lines of the server's own schema-only dump: without the record of what was applied, sorted since columns are
 * added at the end.
 */
export async function schemaDump(version: PostgresVersion, url: string): Promise<string[]> {
  const pgDump = path.join(postgresPrograms(version) ?? "", "pg_dump");
  const { stdout } = await execa(pgDump, ["--schema-only", "--exclude-schema=_stk", url]);
  return stdout
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("\\") && !line.startsWith("--"))
    .map((line) => line.replace(/,$/, ""))
    .sort();
}
