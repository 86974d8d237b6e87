import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { embeddableExtensions } from "../database/contrib.ts";
import { type EmbeddedDatabase, openPglite } from "../database/pglite.ts";
import { stateFile } from "./state-directory.ts";

/**
 * Opens the development database of one connection, which is kept in the project's `.stk/pglite/NAME`. It can make any
 * extension, since one that is open cannot learn of those that are declared later, or of what was made before.
 */
export async function openDevelopmentDatabase(root: string, connection: string): Promise<EmbeddedDatabase> {
  const directory = await stateFile(root, "pglite", connection);
  if (!existsSync(directory)) {
    // Made beside and renamed: what was killed half-way is not taken for a database.
    const unfinished = `${directory}.new`;
    await rm(unfinished, { recursive: true, force: true });
    const made = await openPglite({ directory: unfinished });
    await made.close();
    await rename(unfinished, directory);
  }
  return openPglite({ directory, extensions: embeddableExtensions });
}

/** Deletes every development database of a project. */
export const deleteDevelopmentDatabases = async (root: string): Promise<void> =>
  rm(await stateFile(root, "pglite"), { recursive: true, force: true });
