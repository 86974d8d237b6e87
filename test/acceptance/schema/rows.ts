import type { Database } from "../../../src/database/database.ts";
import { quoteIdentifier } from "../../../src/database/identifier.ts";

/** The rows of each table, by its quoted and qualified name. Values are text. */
export type Rows = Record<string, readonly Record<string, unknown>[]>;

/** The rows of every table but the record of what was applied; of `like`'s tables and columns alone where it is given. */
export async function rowsOf(database: Database, like?: Rows): Promise<Rows> {
  const tables =
    like === undefined
      ? await database.query<{ name: string; columns: string[] }>(everyTable)
      : Object.entries(like).map(([name, [row = {}]]) => ({ name, columns: Object.keys(row) }));
  const found: Rows = {};
  for (const { name, columns } of tables) {
    const list = columns.map((column) => `${quoteIdentifier(column)}::text`).join(", ");
    const order = columns.map((_, index) => index + 1).join(", ");
    found[name] = list === "" ? [] : await database.query(`select ${list} from ${name} order by ${order}`);
  }
  return found;
}

/** Partitions are left out, since their rows are their table's. */
const everyTable = `
  select format('%I.%I', n.nspname, c.relname) as name,
    array(select a.attname::text from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum) as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition
    and n.nspname not in ('_stk', 'information_schema') and n.nspname not like 'pg\\_%'
    and n.nspname not like 'aside\\_%'
  order by 1`;
