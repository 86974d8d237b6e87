import type { CommandContext } from "../../core/command.ts";
import type { Database } from "../../database/database.ts";
import { openDatabase } from "../../database/open.ts";
import { asDatabaseError } from "./database-error.ts";
import { placeInWords } from "./place.ts";
import type { Target } from "./targets.ts";

/**
 * Opens the database of a target for `work`, and closes it.
 *
 * @throws {StkError} `database_error` with what Postgres refused, and those of {@link openDatabase}.
 */
export async function withTarget<T>(
  { connection, url, place, connectTimeoutMs }: Target,
  { signal, output }: CommandContext,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  output.progress(`reading ${connection}: ${placeInWords(place)}`);
  const database = await openDatabase({ url, applicationName: "stk schema", connectTimeoutMs, signal });
  try {
    return await work(database);
  } catch (error) {
    throw asDatabaseError(error);
  } finally {
    await database.close();
  }
}
