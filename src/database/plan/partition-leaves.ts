import { modelName } from "../catalog/queries.ts";
import type { Database } from "../database.ts";
import { quoteName } from "../identifier.ts";

const query = `
  select ${modelName("n.nspname", "c.relname")} as name
  from pg_partition_tree(to_regclass($1)) p join pg_class c on c.oid = p.relid
    join pg_namespace n on n.oid = c.relnamespace
  where p.isleaf and p.level > 0 order by p.relid`;

/** The partitions of a live table that hold rows, whether or not they are managed. */
export async function readLeaves(database: Database, table: string): Promise<readonly string[]> {
  const rows = await database.query<{ name: string }>(query, [quoteName(table)]);
  return rows.map(({ name }) => name);
}
