import { spelling } from "../catalog/queries.ts";
import type { Database } from "../database.ts";
import { attempt, inTransaction, undone } from "../transaction.ts";
import { backendOf, changed } from "./own-session.ts";

/** One session of the server, which must be the same from the first step to the last. */
export type Session = {
  /** Runs `work` in a transaction in which no wait for a lock is longer than the lock timeout. */
  transaction(work: () => Promise<void>): Promise<void>;
  /** Runs `work` outside of a transaction, with the same settings but without a lock timeout. */
  alone(work: () => Promise<void>): Promise<void>;
};

/** Limits of the role or of the database are for others: a step takes as long as it must. */
const pinned = `${spelling}; set local check_function_bodies = off; set local statement_timeout = 0;
set local idle_in_transaction_session_timeout = 0`;
/** A statement of an apply that was killed would wait on, and keep others from applying, until it got its lock. */
const watching = "set local client_connection_check_interval = '1s'";

/**
 * Pins the settings under which a plan was made and rehearsed, whatever the role or the database has of its own.
 *
 * @throws {StkError} `session_changed` where a pooler has given another session.
 */
export async function openSession(database: Database, lockTimeoutMs: number): Promise<Session> {
  const pid = await backendOf(database);
  const settings = (await canWatch(database)) ? `${pinned}; ${watching}` : pinned;
  const names = [...settings.matchAll(/set local (\w+)/g)].map(([, name]) => name);
  const assertSame = async (): Promise<void> => {
    if ((await backendOf(database)) !== pid) throw changed();
  };
  return {
    transaction: (work) =>
      inTransaction(database, async () => {
        await assertSame();
        await database.script(`set local lock_timeout = ${lockTimeoutMs}; ${settings}`);
        await work();
      }),
    async alone(work) {
      await assertSame();
      await database.script(`set lock_timeout = 0; ${settings.replaceAll("set local", "set")}`);
      try {
        await work();
      } finally {
        // Where the session is lost, so are its settings.
        await database
          .script(["lock_timeout", ...names].map((name) => `reset ${name}`).join("; "))
          .catch(() => undefined);
      }
    },
  };
}

/** Not before Postgres 14, nor on every platform. */
const canWatch = (database: Database): Promise<boolean> =>
  undone(database, async () => (await attempt(database, () => database.script(watching))) === undefined);
