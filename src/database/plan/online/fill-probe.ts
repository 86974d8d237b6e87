import type { Change } from "../../diff/change.ts";
import { quoteIdentifier, quoteName } from "../../identifier.ts";
import { rowsOf } from "../counted-rows.ts";
import type { Probe } from "../probe-query.ts";
import type { ExpansionContext } from "./expansion.ts";
import { fillingOf, needsBackfill } from "./fill.ts";

/** Whether the rows that are there get a value before a column refuses null, so that null in them does not matter. */
export function isFilled(change: Change, context: ExpansionContext): boolean {
  if (change.kind === "setNotNull") return fillingOf(change.table, change.column, context) !== undefined;
  return (
    change.kind === "addColumn" &&
    needsBackfill(change.definition) &&
    context.backfillOf(change.table, change.column) !== undefined
  );
}

/** Looks for rows to which the expression that is to fill a column gives null. */
export function fillProbe(change: Change, context: ExpansionContext): Probe | undefined {
  if (change.kind !== "setNotNull" && change.kind !== "addColumn") return undefined;
  const { table, column } = change;
  const backfill = context.backfillOf(table, column);
  if (backfill === undefined) return undefined;
  const empty = change.kind === "addColumn" ? "" : `${quoteIdentifier(column)} is null and `;
  return {
    code: "backfill_null",
    object: `${table}.${column}`,
    rows: `select * from ${quoteName(table)} where ${empty}(${backfill}) is null`,
    message: (count) => `${rowsOf(count, table)} would get null in ${column} from its backfill.`,
    wayOut: "Declare a backfill that gives every row a value: coalesce(…, …) has one for the rest.",
  };
}
