import type { Database } from "../database.ts";
import { hasRecord } from "../history/has-record.ts";
import { modelFromJson, type RecordedModel } from "../model/model-from-json.ts";

/** The last apply that came to its end. Times are UTC, as ISO 8601. */
export type LastApply = { id: string; at: string; by: string; version: string; revision?: string };

/** The last apply of a connection, and what the database was after it; undefined where nothing was applied. */
export async function readLastApply(
  database: Database,
  connection: string,
): Promise<{ apply: LastApply; model: RecordedModel | undefined } | undefined> {
  if (!(await hasRecord(database))) return undefined;
  const [row] = await database.query<{
    id: string;
    at: string;
    by: string;
    version: string;
    revision: string | null;
    model: unknown;
  }>(
    `select id::text, to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at, applied_by as by,
       stk_version as version, revision, model
     from _stk.applies where connection = $1 and outcome = 'done' and model is not null order by _stk.applies.id desc limit 1`,
    [connection],
  );
  if (row === undefined) return undefined;
  const { model, revision, ...apply } = row;
  return { apply: { ...apply, ...(revision === null ? {} : { revision }) }, model: modelFromJson(model) };
}
