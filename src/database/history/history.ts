import { lockHolder } from "../apply/advisory-lock.ts";
import type { Database } from "../database.ts";
import { inSnapshot } from "../transaction.ts";
import { hasRecord } from "./has-record.ts";

/** One apply of a connection. Times are UTC, as ISO 8601. */
export type AppliedPlan = {
  number: number;
  startedAt: string;
  /** Not there for one that did not come to its end. */
  finishedAt?: string;
  /** `running`: it has not ended, and an apply holds its lock. */
  outcome: "done" | "interrupted" | "running";
  /** The role of the database. */
  by: string;
  version: string;
  revision?: string;
  steps: { done: number; all: number };
};

/** One step of an apply, with its SQL. */
export type AppliedStep = {
  number: number;
  description: string;
  sql: string;
  startedAt: string;
  isDone: boolean;
  /** How long it ran, in milliseconds; not there for one that did not come to its end. */
  durationMs?: number;
};

const iso = (time: string): string => `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

type ApplyRow = {
  number: number;
  startedAt: string;
  finishedAt: string | null;
  outcome: "done" | "interrupted" | null;
  by: string;
  version: string;
  revision: string | null;
  done: number;
  all: number;
};

/** Which applies of a connection are wanted: the newest, or the one of a number. */
export type HistorySelection = { connection: string; limit: number } | { connection: string; number: number };

/** The applies of a connection, newest first; none where stk never applied anything. */
export function readHistory(database: Database, selection: HistorySelection): Promise<AppliedPlan[]> {
  return inSnapshot(database, async () => {
    if (!(await hasRecord(database))) return [];
    const rows = await database.query<ApplyRow>(
      `select id::int4 as number, ${iso("started_at")} as "startedAt", ${iso("finished_at")} as "finishedAt", outcome,
         applied_by as by, stk_version as version, revision, steps as all,
         (select count(*)::int4 from _stk.steps s where s.apply_id = a.id and s.finished_at is not null) as done
       from _stk.applies a where connection = $1 and ($2::int4 is null or id = $2) order by id desc limit $3`,
      [
        selection.connection,
        "number" in selection ? selection.number : null,
        "limit" in selection ? selection.limit : 1,
      ],
    );
    const isApplying = rows.some(({ outcome }) => outcome === null) && (await isHeld(database));
    return rows.map(({ finishedAt, outcome, revision, done, all, ...row }) => ({
      ...row,
      ...(finishedAt === null ? {} : { finishedAt }),
      outcome: outcome ?? (isApplying ? "running" : "interrupted"),
      ...(revision === null ? {} : { revision }),
      steps: { done, all },
    }));
  });
}

const isHeld = async (database: Database): Promise<boolean> => (await lockHolder(database)) !== undefined;

/** The steps of one apply that were begun, in their order. */
export async function readSteps(database: Database, number: number): Promise<AppliedStep[]> {
  const rows = await database.query<Omit<AppliedStep, "durationMs"> & { durationMs: number | null }>(
    `select number, description, sql, ${iso("started_at")} as "startedAt", finished_at is not null as "isDone",
       round(extract(epoch from finished_at - started_at) * 1000)::int4 as "durationMs"
     from _stk.steps where apply_id = $1 order by number`,
    [number],
  );
  return rows.map(({ durationMs, ...step }) => ({ ...step, ...(durationMs === null ? {} : { durationMs }) }));
}
