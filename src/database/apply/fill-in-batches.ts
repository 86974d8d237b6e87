import { setTimeout as sleep } from "node:timers/promises";
import { StkError } from "../../core/error.ts";
import type { Database } from "../database.ts";
import { quoteIdentifier, quoteName } from "../identifier.ts";
import type { Batch, Step } from "../plan/step.ts";

const rowsPerBlock = 50;
const firstWithTidRanges = 140_000;
/** Bytes of the shortest tuple and its pointer, which say how many a block has room for. */
const shortestTuple = 28;

type Size = { blocks: string; tables: number; rows: string; version: number };

const sizeQuery = `
  with recursive tree (oid) as (
    select to_regclass($1)::oid union all select i.inhrelid from pg_inherits i join tree on i.inhparent = tree.oid)
  select coalesce(max(pg_relation_size(c.oid)) / current_setting('block_size')::int8, 0)::text as blocks,
    count(*)::int4 as tables, coalesce(sum(greatest(c.reltuples, 0)), 0)::int8::text as rows,
    current_setting('server_version_num')::int4 as version
  from tree join pg_class c on c.oid = tree.oid and c.relkind = 'r'`;

/**
 * Runs a step over its table from the first block to the last, so many blocks at a time that about so many rows are
 * changed in one transaction, with a pause after each. No row is read twice in a pass; there is another where a row
 * was moved by others meanwhile, unless others may go on to add rows with null.
 *
 * @throws {StkError} `backfill_null`, `rows_not_filled`
 */
export async function fillInBatches(
  database: Database,
  step: Step,
  { table, column, rows, pauseMs, once }: Batch,
  run: (work: () => Promise<void>) => Promise<void>,
  { signal, onRows }: { signal?: AbortSignal | undefined; onRows?: (rows: number) => void },
): Promise<void> {
  for (let total = 0; ; ) {
    const [size] = await database.query<Size>(sizeQuery, [quoteName(table)]);
    if (size === undefined) return;
    const last = Number(size.blocks);
    const density = Number(size.rows) / Math.max(last, 1) || rowsPerBlock * size.tables;
    let blocks = Math.max(1, Math.floor(rows / density));
    const before = total;
    for (let from = 0; from < last; ) {
      const to = from + blocks;
      let changed = 0;
      await run(async () => {
        changed = await fillRange(database, step, { table, column }, rangeOf(from, to, size.version));
      });
      from = to;
      total += changed;
      if (changed > 2 * rows) blocks = Math.max(1, Math.floor(blocks / 2));
      if (changed === 0) continue;
      onRows?.(total);
      await sleep(pauseMs, undefined, signal === undefined ? {} : { signal });
    }
    if (once === true || !(await isAnyLeft(database, table, column))) return;
    if (total === before)
      throw new StkError("rows_not_filled", `Rows of ${table} still have null in ${column}.`, {
        hint: "A trigger or row security keeps them from being updated. Fill them yourself, then plan again.",
      });
  }
}

/** Postgres goes to these blocks at once; before 14 only where every tuple of them is named. */
const rangeOf = (from: number, to: number, version: number): string =>
  version >= firstWithTidRanges
    ? `ctid >= '(${from},0)' and ctid < '(${to},0)'`
    : `ctid = any (array(select format('(%s,%s)', b, t)::tid
        from generate_series(${from}, ${to - 1}) b, generate_series(1, current_setting('block_size')::int / ${shortestTuple}) t))`;

async function fillRange(
  database: Database,
  { sql, description }: Step,
  { table, column }: Pick<Batch, "table" | "column">,
  range: string,
): Promise<number> {
  const [row] = await database.query<{ changed: number; empty: number }>(
    `with filled as (${sql} and ${range} returning ${quoteIdentifier(column)} is null as is_empty)
     select count(*)::int4 as changed, (count(*) filter (where is_empty))::int4 as empty from filled`,
  );
  const { changed = 0, empty = 0 } = row ?? {};
  if (empty === 0) return changed;
  throw new StkError(
    "backfill_null",
    `${description}: ${empty === 1 ? "1 row" : `${empty} rows`} of ${table} would get null in ${column}.`,
    {
      hint: "Declare a backfill that gives every row a value; rows that are filled already stay so. Then plan again.",
    },
  );
}

async function isAnyLeft(database: Database, table: string, column: string): Promise<boolean> {
  const [row] = await database.query<{ left: boolean }>(
    `select exists (select from ${quoteName(table)} where ${quoteIdentifier(column)} is null) as left`,
  );
  return row?.left ?? false;
}
