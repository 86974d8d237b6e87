import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../database.ts";
import { backendOf } from "./own-session.ts";

/** How far the server is with the build of an index: what it does, and how much of that is done where it can say so. */
export type BuildProgress = { phase: string; percent?: number };

const everyMs = 1_000;

/** PostgreSQL documentation, 27.4.4: blocks while the table is read, then tuples. */
const query = `
  select phase, floor(100.0 * case when blocks_total > 0 then blocks_done::numeric / blocks_total
    when tuples_total > 0 then tuples_done::numeric / tuples_total end)::int4 as percent
  from pg_stat_progress_create_index where pid = $1`;

/**
 * Runs `work`, and tells every second how far the build of an index in it is. The session is busy, so another asks,
 * from the first second on; where that goes wrong, nothing is told and the work goes on.
 */
export async function withProgress<T>(
  database: Database,
  tell: ((progress: BuildProgress) => void) | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const { another } = database;
  if (tell === undefined || another === undefined) return work();
  const pid = await backendOf(database);
  const done = new AbortController();
  const telling = follow(another, pid, tell, done.signal).catch(() => undefined);
  try {
    return await work();
  } finally {
    done.abort();
    await telling;
  }
}

async function follow(
  another: () => Promise<Database>,
  pid: number | undefined,
  tell: (progress: BuildProgress) => void,
  done: AbortSignal,
): Promise<void> {
  await sleep(everyMs, undefined, { signal: done });
  const observer = await another();
  try {
    for (;;) {
      const [row] = await observer.query<{ phase: string; percent: number | null }>(query, [pid]);
      if (row !== undefined)
        tell({ phase: row.phase, ...(row.percent === null ? {} : { percent: row.percent }) });
      await sleep(everyMs, undefined, { signal: done });
    }
  } finally {
    await observer.close();
  }
}
