import type { Database } from "../database.ts";
import { quoteIdentifier } from "../identifier.ts";
import type { Step } from "../plan/step.ts";

const building =
  /^create (?:unique )?index concurrently ("(?:[^"]|"")+") on ((?:"(?:[^"]|"")+"\.)?"(?:[^"]|"")+"|\S+)/i;

/** Drops what a build that was cut off has left of the index that a step is about to build. */
export async function clearInvalidIndex(database: Database, { sql }: Step): Promise<void> {
  const [, name, table] = building.exec(sql) ?? [];
  if (name === undefined || table === undefined) return;
  const [left] = await database.query<{ schema: string; name: string }>(
    `select n.nspname::text as schema, c.relname::text as name
     from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
     where not i.indisvalid and i.indrelid = to_regclass($1) and quote_ident(c.relname) in ($2, trim(both '"' from $2))`,
    [table, name],
  );
  if (left === undefined) return;
  await database.query(
    `drop index concurrently ${quoteIdentifier(left.schema)}.${quoteIdentifier(left.name)}`,
  );
}
