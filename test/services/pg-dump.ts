import path from "node:path";
import { execa } from "execa";
import { type PostgresVersion, postgresPrograms } from "./postgres-server.ts";

/**
 * The lines of the server's own schema-only dump, by the schema that they are about: without the record of what was
 * applied, sorted since columns are added at the end.
 */
export async function schemaDump(version: PostgresVersion, url: string): Promise<Map<string, string[]>> {
  const pgDump = path.join(postgresPrograms(version) ?? "", "pg_dump");
  const { stdout } = await execa(pgDump, ["--schema-only", "--exclude-schema=_stk", url]);
  const dump = new Map<string, string[]>();
  for (const entry of stdout.split(/^-- (?=Name: )/m)) {
    const schema = /^Name: .*; Schema: (.*); Owner: /.exec(entry)?.[1] ?? "-";
    const lines = entry
      .split("\n")
      .slice(1)
      .filter((line) => line !== "" && !line.startsWith("\\") && !line.startsWith("--"))
      .map((line) => line.replace(/,$/, ""));
    dump.set(schema, [...(dump.get(schema) ?? []), ...lines].sort());
  }
  return dump;
}

/** The lines of each schema that are in one of two databases alone. */
export async function differenceSeenByPgDump(
  version: PostgresVersion,
  url: string,
  reference: string,
): Promise<string[]> {
  const [found, wanted] = await Promise.all([schemaDump(version, url), schemaDump(version, reference)]);
  return [...new Set([...found.keys(), ...wanted.keys()])].flatMap((schema) => {
    const [lines, others] = [found.get(schema) ?? [], wanted.get(schema) ?? []];
    return [
      ...without(lines, others).map((line) => `${schema}: + ${line}`),
      ...without(others, lines).map((line) => `${schema}: - ${line}`),
    ];
  });
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = Map.groupBy(others, (line) => line);
  return lines.filter((line) => left.get(line)?.pop() === undefined);
}
