import { defaultConnection } from "../../schema/names.ts";
import { splitName } from "../database/identifier.ts";

/** With more tables than this, each has a file of its own. */
const mostTables = 30;

/** What is in the files of one connection: the names by file, those of tables apart. */
export type Holdings = ReadonlyMap<string, { tables: readonly string[]; others: readonly string[] }>;

/**
 * The file of `schema/` in which something new is written: where most of its schema is; where every table has a file
 * of its own, a new one. With nothing there, a file for each Postgres schema, and beyond 30 tables one for each table.
 */
export function fileFor(
  { isTable, name }: { isTable: boolean; name: string },
  { connection, files, tables }: { connection: string; files: Holdings; tables: number },
): string {
  const { schema } = splitName(name);
  const prefix = connection === defaultConnection ? "" : `${connection}.`;
  const inSchema = (names: readonly string[]): number =>
    names.filter((one) => splitName(one).schema === schema).length;
  const near = [...files].map(([file, held]) => ({
    file,
    tables: inSchema(held.tables),
    others: inSchema(held.others),
    isMixed: held.tables.length > 1 || held.others.length > 0,
  }));
  const holders = near.filter(({ tables: count }) => count > 0);
  const isSplit =
    holders.length === 0
      ? tables > mostTables
      : holders.length > 1 && holders.every(({ tables: count }) => count === 1);
  if (isTable && isSplit) return `schema/${prefix}${name}.yaml`;
  const weight = isTable ? "tables" : "others";
  const [most] = near
    .filter((one) => one.tables + one.others > 0 && (isTable || !isSplit || one.others > 0))
    .sort((a, b) => b[weight] - a[weight] || b.tables + b.others - a.tables - a.others);
  return most?.file ?? `schema/${prefix}${schema}.yaml`;
}
