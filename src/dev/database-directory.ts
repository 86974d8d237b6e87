import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { embeddableExtensions } from "../database/contrib.ts";
import { type EmbeddedDatabase, openPglite } from "../database/pglite.ts";
import { stateFile } from "./state-directory.ts";

/**
 * Opens the development database of one connection, which is kept in the project's `.stk/pglite/NAME`. It can make any
 * extension, since one that is open cannot learn of those that are declared later, or of what was made before.
 */
export async function openDevelopmentDatabase(root: string, connection: string): Promise<EmbeddedDatabase> {
  const directory = await stateFile(root, "pglite", connection);
  const parent = dirname(directory);
  const left = (await readdir(parent).catch(() => [])).filter((name) => name.startsWith(`${connection}.new`));
  for (const name of left) await rm(join(parent, name), { recursive: true, force: true }); // by a kill
  return openPglite({ directory, extensions: embeddableExtensions });
}

/** Deletes every development database of a project. */
export const deleteDevelopmentDatabases = async (root: string): Promise<void> =>
  rm(await stateFile(root, "pglite"), { recursive: true, force: true });
