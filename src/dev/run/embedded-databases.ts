import { sessionSettings } from "../../../runtime/sql/values.ts";
import type { Manifest } from "../../../schema/manifest.ts";
import type { Output } from "../../core/command.ts";
import { openPglite } from "../../database/pglite.ts";
import { extensionsOf } from "../../database/shadow/extensions-of.ts";
import { makeEmbedded } from "../../database/shadow/stand-ins.ts";
import { inTransaction } from "../../database/transaction.ts";
import type { SeedFile } from "../../project/project.ts";
import { counted } from "../counted.ts";
import { serveDatabase } from "../database-server.ts";
import { loadSeeds, seedsByConnection } from "../seeds.ts";

/** Databases in this process's memory, and the variables by which a Bridge reaches them. */
export type EmbeddedDatabases = { environment: Record<string, string>; close(): Promise<void> };

/**
 * Makes an embedded database for each connection of a release, with the schema that it was built for and the seeds,
 * and serves it on the loopback interface.
 *
 * @throws {DiagnosticsError} for seeds that do not fit.
 */
export async function openEmbeddedDatabases(
  { connections, schema }: Manifest,
  seeds: readonly SeedFile[],
  output: Pick<Output, "progress">,
): Promise<EmbeddedDatabases> {
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    const byConnection = seedsByConnection(seeds, Object.keys(connections));
    // Each of them holds the one connection that its engine has.
    const environment: Record<string, string> = { STK_POOL: "1" };
    for (const [name, { url }] of Object.entries(connections)) {
      const declared = schema[name] ?? { enums: {}, tables: {} };
      const database = await openPglite({ extensions: extensionsOf(declared), settings: sessionSettings });
      closing.push(() => database.close());
      await inTransaction(database, () => makeEmbedded(database, declared));
      const files = byConnection.get(name) ?? [];
      await loadSeeds(database, files);
      const server = await serveDatabase(database);
      closing.push(() => server.close());
      environment[url.env] = server.url;
      const tables = counted(Object.keys(declared.tables).length, "table");
      output.progress(
        `${name}: an embedded database with ${tables} and ${counted(files.length, "file")} of seeds`,
      );
    }
    return { environment, close };
  } catch (error) {
    await close();
    throw error;
  }
}
