import { onTestFinished } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import type { freshDatabase } from "../services/postgres.ts";

/** A new database on a real Postgres, and sessions with it that end with the test. */
export async function liveDatabase(
  fresh: typeof freshDatabase,
): Promise<{ url: string; connect(signal?: AbortSignal, applicationName?: string): Promise<Database> }> {
  const { url, drop } = await fresh();
  onTestFinished(drop);
  return {
    url,
    async connect(signal, applicationName = "test") {
      const database = await openPostgres({
        url,
        applicationName,
        connectTimeoutMs: 5_000,
        ...(signal === undefined ? {} : { signal }),
      });
      onTestFinished(() => database.close());
      return database;
    },
  };
}
