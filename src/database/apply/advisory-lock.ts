import { setTimeout as sleep } from "node:timers/promises";
import { StkError } from "../../core/error.ts";
import type { Database } from "../database.ts";

/** "stk" and "sche" in ASCII: the two halves of the key, so that no other tool takes the same lock by accident. */
const key = "7566443, 1935894629";
const firstPauseMs = 50;
const longestPauseMs = 1_000;

/**
 * Runs `work` while this session alone holds the lock of `stk schema apply`. The end of the session frees it too.
 *
 * @throws {StkError} `apply_running` when another session still holds it after `waitMs`.
 */
export async function withAdvisoryLock<T>(
  database: Database,
  { waitMs, signal }: { waitMs: number; signal?: AbortSignal | undefined },
  work: () => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + waitMs;
  for (let pause = firstPauseMs; !(await tryLock(database)); pause = Math.min(pause * 2, longestPauseMs)) {
    if (performance.now() + pause > deadline) throw await heldBy(database, waitMs);
    await sleep(pause, undefined, signal === undefined ? {} : { signal });
  }
  try {
    return await work();
  } finally {
    // A session that is lost has freed the lock.
    await database.query(`select pg_advisory_unlock(${key})`).catch(() => undefined);
  }
}

async function tryLock(database: Database): Promise<boolean> {
  const [row] = await database.query<{ locked: boolean }>(`select pg_try_advisory_lock(${key}) as locked`);
  return row?.locked ?? false;
}

/** The session that holds the lock. */
type Holder = { pid: number; application: string | null; since: string | null };

/** Who holds the lock of `stk schema apply` at this moment, if anybody. */
export async function lockHolder(database: Database): Promise<Holder | undefined> {
  const [holder] = await database.query<Holder>(`
    select l.pid, a.application_name as application, a.backend_start::text as since
    from pg_locks l left join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'advisory' and l.granted and l.database = (select oid from pg_database where datname = current_database())
      and (l.classid, l.objid) = (${key}) limit 1`);
  return holder;
}

async function heldBy(database: Database, waitMs: number): Promise<StkError> {
  const holder = await lockHolder(database);
  const who =
    holder === undefined
      ? "another session"
      : `${holder.application || "a session"} (process ${holder.pid} of the server, connected since ${holder.since})`;
  return new StkError(
    "apply_running",
    `Another apply is running: ${who} has held its lock for over ${waitMs} ms.`,
    {
      hint: "Wait until it is done, then plan again.",
      details: { pid: holder?.pid, application: holder?.application },
    },
  );
}
