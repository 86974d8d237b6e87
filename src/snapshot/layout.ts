import { defaultConnection } from "../../schema/names.ts";
import { splitName } from "../database/identifier.ts";

/** With more tables than this, each has a file of its own. */
const mostTables = 30;

/** What is in the files of one connection: the names by file, those of tables apart. */
export type Holdings = ReadonlyMap<string, { tables: readonly string[]; others: readonly string[] }>;

/** Whether each table has a file of its own: as it is with those that are there, else where there are many. */
export function isSplit(files: Holdings, tables: number): boolean {
  const holders = [...files.values()].filter((held) => held.tables.length > 0);
  return holders.length === 0
    ? tables > mostTables
    : holders.length > 1 && holders.every((held) => held.tables.length === 1);
}

/**
 * The file of `schema/` in which something new is written: where most of its schema is, with nothing there one for each
 * Postgres schema. `split`: every table has a new one.
 */
export function fileFor(
  { isTable, name }: { isTable: boolean; name: string },
  { connection, files, split }: { connection: string; files: Holdings; split: boolean },
): string {
  const { schema } = splitName(name);
  const prefix = connection === defaultConnection ? "" : `${connection}.`;
  const usual = `schema/${prefix}${split && isTable ? name : schema}.yaml`;
  if (split && isTable) return known(files, usual);
  const inSchema = (names: readonly string[]): number =>
    names.filter((one) => splitName(one).schema === schema).length;
  const [most] = [...files]
    .map(([file, held]) => ({ file, tables: inSchema(held.tables), others: inSchema(held.others) }))
    .filter(({ tables, others }) => tables + others > 0 && !(split && others === 0))
    .sort((a, b) => b.tables + b.others - a.tables - a.others);
  return most?.file ?? known(files, usual);
}

/** Two files that differ in case alone are one on some machines. */
const known = (files: Holdings, file: string): string =>
  [...files.keys()].find((one) => one.toLowerCase() === file.toLowerCase()) ?? file;
