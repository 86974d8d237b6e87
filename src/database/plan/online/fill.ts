import type { Change } from "../../diff/change.ts";
import { quoteIdentifier, quoteName } from "../../identifier.ts";
import type { Column } from "../../model/model.ts";
import type { ExpansionContext, PlacedStatement } from "./expansion.ts";
import { temporaryName } from "./temporary-name.ts";

const batchRows = 5_000;
const pauseMs = 20;

/** Gives the rows that have null in a column the value of an SQL expression, in batches. */
export function fill(
  table: string,
  column: string,
  expression: string,
  { suffix = "", once = false }: { suffix?: string; once?: boolean } = {},
): PlacedStatement {
  const name = quoteIdentifier(column);
  return {
    sql: `update ${quoteName(table)} set ${name} = ${expression} where ${name} is null`,
    description: `Fill ${table}.${column} in batches${suffix}`,
    placement: "own",
    batch: { table, column, rows: batchRows, pauseMs, ...(once ? { once } : {}) },
    safe: "a batch locks its own rows only, and only for as long as it takes",
  };
}

/** What the rows that are there get in a column where they have null: as declared, or as a cut off apply began to. */
export function fillingOf(table: string, column: string, context: ExpansionContext): string | undefined {
  const backfill = context.backfillOf(table, column);
  if (backfill !== undefined) return `(${backfill})`;
  return isMarked(table, column, context) ? "default" : undefined;
}

/** Whether rows may yet have to be filled with the column's default. */
export const isMarked = (table: string, column: string, { live }: ExpansionContext): boolean =>
  live.tables.get(table)?.constraints.has(temporaryName("fill", column)) === true;

/** What marks a column whose rows are yet to be filled; it holds for every row. */
export const addMark = (column: string): string =>
  `add constraint ${quoteIdentifier(temporaryName("fill", column))} check (true) not valid`;

/** Takes the mark away, once all is filled. */
export const dropMark = (table: string, column: string): PlacedStatement => ({
  sql: `alter table ${quoteName(table)} drop constraint ${quoteIdentifier(temporaryName("fill", column))}`,
  description: `Note that ${table}.${column} is filled`,
  placement: "together",
  safe: "the lock is short",
});

/** Whether a column is to refuse null though nothing gives the rows that are there a value but its `backfill`. */
export const needsBackfill = ({
  nullable,
  default: value,
  serial,
  identity,
}: Pick<Column, "nullable" | "default" | "serial" | "identity">): boolean =>
  !nullable && value === undefined && !serial && identity === undefined;

/** The column that a change would make refuse null, where it is there. */
export const isSetNotNull = (change: Change, table: string, column: string): boolean =>
  change.kind === "setNotNull" && change.table === table && change.column === column;
