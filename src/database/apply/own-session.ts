import { StkError } from "../../core/error.ts";
import type { Database } from "../database.ts";

const looks = 5;

/**
 * Sees that a pooler has not lent a session for each transaction. While `database` is between two transactions another
 * connection asks which session it has: only a lent one can be the same, or another one at the next look. A pooler
 * that takes the sessions in turn shows by the latter, one that takes the last by the former.
 *
 * @throws {StkError} `session_changed`
 */
export async function assertOwnSession(database: Database): Promise<void> {
  const other = await database.another?.().catch(unlessRefused);
  if (other === undefined) return;
  try {
    const pid = await backendOf(database);
    for (let look = 0; look < looks; look += 1) {
      if ((await backendOf(other)) === pid) throw changed();
      // Of two sessions in turn, each of two who take turns has the same ever again: so one of them asks twice.
      for (let time = 0; time < 2; time += 1) if ((await backendOf(database)) !== pid) throw changed();
    }
  } finally {
    await other.close();
  }
}

/** Where the role may have no more connections, each transaction still looks for itself. */
function unlessRefused(error: unknown): undefined {
  if (!(error instanceof StkError) || error.code === "interrupted") throw error;
  return undefined;
}

/** The process of the server that answers. */
export async function backendOf(database: Database): Promise<number | undefined> {
  const [row] = await database.query<{ pid: number }>("select pg_backend_pid() as pid");
  return row?.pid;
}

/** The error of a session that is another one than before. */
export const changed = (): StkError =>
  new StkError(
    "session_changed",
    "The server's session is another one than before: a pooler lends one for each transaction.",
    {
      hint: "Apply needs one session from beginning to end. Use the URL of the database itself, not that of PgBouncer or another pooler.",
    },
  );
