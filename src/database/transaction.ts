import type { Database } from "./database.ts";
import { SqlError, type SqlProblem } from "./sql-error.ts";

/** Runs `work` in a transaction that is rolled back in any case. */
export const undone = <T>(database: Database, work: () => Promise<T>): Promise<T> =>
  within(database, "begin", "rollback", work);

/** Runs `work` in one read-only transaction that sees one moment of the database. */
export const inSnapshot = <T>(database: Database, work: () => Promise<T>): Promise<T> =>
  within(database, "begin isolation level repeatable read read only", "rollback", work);

/** Runs `work` in a transaction that is committed, or rolled back when it throws. */
export const inTransaction = <T>(database: Database, work: () => Promise<T>): Promise<T> =>
  within(database, "begin", "commit", work);

async function within<T>(database: Database, begin: string, end: string, work: () => Promise<T>): Promise<T> {
  await database.script(begin);
  let result: T;
  try {
    result = await work();
  } catch (error) {
    // Where this fails too, the session is gone, and the transaction with it; the first error says why.
    await database.script("rollback").catch(() => undefined);
    throw error;
  }
  await database.script(end);
  return result;
}

/** Runs `work` behind a savepoint and gives what Postgres refused, after which the transaction can go on. */
export async function attempt(
  database: Database,
  work: () => Promise<unknown>,
): Promise<SqlProblem | undefined> {
  await database.script("savepoint attempt");
  try {
    await work();
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    await database.script("rollback to savepoint attempt; release savepoint attempt");
    return error.problem;
  }
  await database.script("release savepoint attempt");
  return undefined;
}
