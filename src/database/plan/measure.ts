import { modelName } from "../catalog/queries.ts";
import type { Database } from "../database.ts";
import { embedded, isRunnable } from "./runnable.ts";
import { type LockMode, lockModes, type Step } from "./step.ts";

/** What a step did to one table: named as it was before the step. */
export type Measured = { table: string; lock: LockMode; rewrites: boolean; scans: boolean };

type State = { oid: string; name: string; node: string | null; scans: string; owner: string };

/*
 * An index and a TOAST table count as their table. `pg_relation_filenode` is another once a relation is written anew;
 * a scan is counted when it begins, so an empty table tells as much as a full one.
 */
const stateQuery = `
  select c.oid::text, ${modelName("n.nspname", "o.relname")} as name, o.oid::text as owner,
    pg_relation_filenode(c.oid)::text as node, coalesce(pg_stat_get_xact_numscans(c.oid), 0)::text as scans
  from pg_class c
    left join pg_index i on i.indexrelid = c.oid
    left join pg_class h on h.reltoastrelid = coalesce(i.indrelid, c.oid)
    join pg_class o on o.oid = coalesce(h.oid, i.indrelid, c.oid) and o.relkind in ('r', 'p', 'm')
    join pg_namespace n on n.oid = o.relnamespace
  where o.oid = any ($1::oid[]) and c.relkind in ('r', 'p', 'm', 'i', 'I', 't')`;

const locksQuery = `
  select relation::text as oid, json_agg(mode) as modes from pg_locks
  where pid = pg_backend_pid() and locktype = 'relation' and granted and relation = any ($1::oid[])
  group by relation`;

const tablesQuery = `
  select c.oid::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.oid >= 16384 and c.relkind in ('r', 'p', 'm') and n.nspname not in ('pg_catalog', 'information_schema')`;

/** What {@link measured} looks at: the identifiers of the tables that are there. */
export const tablesThere = async (stage: Database): Promise<string[]> =>
  (await stage.query<{ oid: string }>(tablesQuery)).map(({ oid }) => oid);

/** Runs a step, in the transaction that is open or in none, and gives what it did to the `tables`. */
export async function measured(stage: Database, step: Step, tables: readonly string[]): Promise<Measured[]> {
  if (!isRunnable(step)) return [];
  const isMeasured = step.alone !== true && tables.length > 0;
  const statesNow = async (): Promise<State[]> =>
    isMeasured ? stage.query<State>(stateQuery, [tables]) : [];
  const locksNow = async (): Promise<ReadonlyMap<string, readonly LockMode[]>> => {
    const rows = isMeasured
      ? await stage.query<{ oid: string; modes: LockMode[] }>(locksQuery, [tables])
      : [];
    return new Map(rows.map(({ oid, modes }) => [oid, modes]));
  };
  const [before, held] = [await statesNow(), await locksNow()];
  if (step.trial !== "") await stage.query(embedded(step.trial ?? step.sql));
  if (step.alone === true) return aloneOn(step);
  const after = new Map((await statesNow()).map((state) => [state.oid, state]));
  const locks = await locksNow();
  const found = new Map<string, Measured>();
  for (const { oid, name, node, scans, owner } of before) {
    const now = after.get(oid);
    const modes = oid === owner ? (locks.get(oid) ?? []) : [];
    const isNew = modes.some((mode) => !held.get(oid)?.includes(mode));
    const rewrites = now !== undefined && now.node !== node;
    const reads = now !== undefined && now.scans !== scans && oid === owner;
    if (!isNew && !rewrites && !reads && (modes.length === 0 || name !== step.table)) continue;
    const known = found.get(name);
    found.set(name, {
      table: name,
      lock: strongest([...modes, ...(known === undefined ? [] : [known.lock])]),
      rewrites: rewrites || (known?.rewrites ?? false),
      scans: reads || (known?.scans ?? false),
    });
  }
  return [...found.values()].filter(({ lock, rewrites, scans }) => rewrites || scans || isFelt(lock));
}

/** Only reading a table's description is nothing that others feel. */
const isFelt = (lock: LockMode): boolean => lock !== "AccessShareLock";

const strongest = (modes: readonly LockMode[]): LockMode =>
  lockModes.findLast((mode) => modes.includes(mode)) ?? "AccessShareLock";

/** CREATE and DROP INDEX CONCURRENTLY (PostgreSQL documentation, 13.3.1): what runs outside of a transaction leaves nothing to look at. */
const aloneOn = ({ table, sql }: Step): Measured[] =>
  table === undefined
    ? []
    : [{ table, lock: "ShareUpdateExclusiveLock", rewrites: false, scans: /^create\b/i.test(sql) }];
