import { defaultConnection } from "../../schema/names.ts";
import { assertNoErrors, type Diagnostic } from "../core/diagnostic.ts";
import { digestOf } from "../core/digest.ts";
import { suggest } from "../core/suggest.ts";
import type { Database } from "../database/database.ts";
import { SqlError } from "../database/sql-error.ts";
import type { SeedFile } from "../project/project.ts";

/** Whether a database was seeded now, before with these seeds, or before with others. */
export type Seeding = "seeded" | "unchanged" | "changed";

/**
 * Seeds by connection: a file that stands in `seeds/` is for `main`, one in `seeds/NAME/` for the connection NAME.
 *
 * @throws {DiagnosticsError} for a folder that no connection is named like.
 */
export function seedsByConnection(
  seeds: readonly SeedFile[],
  connections: readonly string[],
): Map<string, SeedFile[]> {
  const unknown: Diagnostic[] = [];
  const byConnection = new Map<string, SeedFile[]>(connections.map((name) => [name, []]));
  for (const seed of seeds) {
    const [, folder, below] = seed.file.split("/");
    const connection = below === undefined || folder === undefined ? defaultConnection : folder;
    const list = byConnection.get(connection);
    if (list === undefined) unknown.push(unknownConnection(seed.file, connection, connections));
    else list.push(seed);
  }
  assertNoErrors(unknown);
  return byConnection;
}

const unknownConnection = (file: string, name: string, connections: readonly string[]): Diagnostic => ({
  file,
  line: 1,
  column: 1,
  code: "unknown_connection",
  severity: "error",
  message: `These seeds are for the connection \`${name}\`, which config/connections.yaml does not have.`,
  hint: suggest(name, connections) ?? `Seeds stand in seeds/ or in one of: ${connections.join(", ")}.`,
});

/**
 * Loads seeds into a database that has none yet, all of them or none. Which they were is kept in `_stk.seeds`.
 *
 * @throws {DiagnosticsError} with the place of what Postgres refused.
 */
export async function loadSeeds(database: Database, seeds: readonly SeedFile[]): Promise<Seeding> {
  const digest = digestOf(JSON.stringify(seeds.map(({ file, text }) => [file, text])));
  await database.script(
    "create schema if not exists _stk; create table if not exists _stk.seeds (digest text primary key)",
  );
  const [loaded] = await database.query<{ digest: string }>("select digest from _stk.seeds");
  if (loaded !== undefined) return loaded.digest === digest ? "unchanged" : "changed";
  await database.script("begin");
  try {
    for (const seed of seeds) await loadOne(database, seed);
    await database.query("insert into _stk.seeds values ($1)", [digest]);
    await database.script("commit");
  } catch (error) {
    await database.script("rollback");
    throw error;
  }
  return "seeded";
}

async function loadOne(database: Database, { file, text }: SeedFile): Promise<void> {
  try {
    await database.script(text);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    const { message, hint, detail, position = 1 } = error.problem;
    const before = [...text]
      .slice(0, position - 1)
      .join("")
      .split("\n");
    assertNoErrors([
      {
        file,
        line: before.length,
        column: (before.at(-1)?.length ?? 0) + 1,
        code: "seed_failed",
        severity: "error",
        message: `Postgres refuses this: ${message}${detail === undefined ? "" : `. ${detail}`}`,
        hint: hint ?? "None of this connection's seeds were loaded.",
      },
    ]);
  }
}
