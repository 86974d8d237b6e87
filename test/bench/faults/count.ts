import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { z } from "zod";
import type { Load } from "./load.ts";

/**
 * What became of the writes of a load. `lie` is told as failed, but done; `there` is unknown and done; `wrong` names
 * those that were lost, doubled or told wrongly.
 */
export type Counts = {
  acknowledged: number;
  lost: number;
  doubled: number;
  failed: number;
  lie: number;
  unknown: number;
  there: number;
  wrong: string[];
};

const found = z.array(z.object({ write: z.string(), rows: z.int(), parts: z.int() }));

/** Runs a statement as the database's superuser. */
export async function asSuperuser(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Waits until nothing runs in the database, and compares what clients were told with the rows that are there. */
export async function countWrites(url: string, { writes, reads }: Load): Promise<Counts> {
  const running =
    "select from pg_stat_activity where backend_type = 'client backend' and state <> 'idle' and pid <> pg_backend_pid()";
  for (const deadline = Date.now() + 20_000; (await asSuperuser(url, running)).length > 0; await wait(50))
    if (Date.now() > deadline) throw new Error("A session is still busy 20 s after the load.");
  const stored = found.parse(
    await asSuperuser(
      url,
      "select write, count(*)::integer as rows, count(distinct part)::integer as parts from entries group by write",
    ),
  );
  const there = new Map(stored.map((each) => [each.write, each]));
  const counts = {
    acknowledged: 0,
    lost: reads.missing.length,
    doubled: 0,
    failed: 0,
    lie: 0,
    unknown: 0,
    there: 0,
    wrong: [...reads.missing],
  };
  for (const { id, way, parts, told } of writes) {
    const row = there.get(id);
    const isThere = row !== undefined;
    const isDoubled = isThere && row.rows > row.parts;
    // Half a transaction is a loss, whatever was told.
    const isLost = isThere ? row.parts !== parts : told === "acknowledged";
    const isLie = told === "failed" && isThere;
    counts[told] += 1;
    if (isDoubled) counts.doubled += 1;
    if (isLost) counts.lost += 1;
    if (isLie) counts.lie += 1;
    if (told === "unknown" && isThere) counts.there += 1;
    if (isDoubled || isLost || isLie) counts.wrong.push(`${way} ${id} ${told}`);
  }
  counts.failed -= counts.lie;
  return counts;
}
