import type { Database } from "../database.ts";
import { quoteName } from "../identifier.ts";
import { attempt } from "../transaction.ts";

/** How much is in a live table. */
export type TableFacts = {
  /** One that may not be read is taken for one with rows. */
  isEmpty: boolean;
  /** About how many rows, by the last ANALYZE; null where there was none. */
  rows: number | null;
  /** With its indexes and its TOAST table, and its partitions. */
  bytes: number;
};

const query = `
  with recursive tree (oid) as (
    select to_regclass($1) union all select i.inhrelid from pg_inherits i join tree on i.inhparent = tree.oid)
  select coalesce(sum(greatest(c.reltuples, 0)), 0)::int8::text as rows, bool_or(c.reltuples < 0) as unknown,
    coalesce(sum(pg_total_relation_size(c.oid)), 0)::text as bytes
  from tree join pg_class c on c.oid = tree.oid and c.relkind in ('r', 'm')`;

/** Looks at one live table, in the transaction that is open. */
export async function readTableFacts(database: Database, table: string): Promise<TableFacts> {
  const name = quoteName(table);
  const [size] = await database.query<{ rows: string; unknown: boolean | null; bytes: string }>(query, [
    name,
  ]);
  let isEmpty = false;
  await attempt(database, async () => {
    const [row] = await database.query<{ filled: boolean }>(`select exists (select from ${name}) as filled`);
    isEmpty = row?.filled === false;
  });
  return {
    isEmpty,
    rows: isEmpty ? 0 : size === undefined || size.unknown !== false ? null : Number(size.rows),
    bytes: Number(size?.bytes ?? 0),
  };
}
