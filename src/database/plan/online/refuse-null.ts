import { quoteIdentifier, quoteName } from "../../identifier.ts";
import type { Expansion, ExpansionContext, PlacedStatement } from "./expansion.ts";
import { dropMark, fill, fillingOf, isMarked } from "./fill.ts";
import { temporaryName } from "./temporary-name.ts";

/**
 * A check that is validated while others write proves that no row has null, so that SET NOT NULL has nothing to read
 * (PostgreSQL documentation, ALTER TABLE). Where a value is given to the rows that have null, they get it before the
 * check, which would refuse to update them, and again after, since others may have added some.
 */
export const refuseNull: Expansion = (change, context) => {
  if (change.kind !== "setNotNull") return undefined;
  const { table, column } = change;
  if (!context.live.tables.get(table)?.columns.has(column)) return undefined;
  const filling = fillingOf(table, column, context);
  if (context.online) {
    if (isProven(table, column, context) && !isMarked(table, column, context)) return undefined;
    return refusal(table, column, context, filling);
  }
  if (filling === undefined) return undefined;
  return [
    fill(table, column, filling),
    setNotNull(table, column),
    ...(isMarked(table, column, context) ? [dropMark(table, column)] : []),
  ];
};

/** The statements by which a column comes to refuse null online; `filling` is what rows with null get. */
export function refusal(
  table: string,
  column: string,
  context: ExpansionContext,
  filling: string | undefined,
  isMarkedNow = isMarked(table, column, context),
): PlacedStatement[] {
  const check = temporaryName("notNull", column);
  const left = context.live.tables.get(table)?.constraints.get(check);
  const alter = `alter table ${quoteName(table)}`;
  const name = quoteIdentifier(check);
  const of = `${table}.${column}`;
  const start: PlacedStatement[] = [
    ...(filling === undefined ? [] : [fill(table, column, filling, { once: true })]),
    {
      sql: `${alter} add constraint ${name} check (${quoteIdentifier(column)} is not null) not valid`,
      description: `Refuse null in ${of}, for new rows`,
      placement: "together",
      safe: "nothing is read; the lock is short",
    },
  ];
  const validation: PlacedStatement[] = [
    ...(filling === undefined
      ? []
      : [fill(table, column, filling, { suffix: ", where null came meanwhile" })]),
    {
      sql: `${alter} validate constraint ${name}`,
      description: `See that no row of ${table} has null in ${column}`,
      placement: "own",
      safe: "others read and write while it reads",
    },
  ];
  return [
    ...(left === undefined ? start : []),
    ...(left?.validated === true ? [] : validation),
    { ...setNotNull(table, column), safe: "the check proves it: nothing is read" },
    {
      sql: `${alter} drop constraint ${name}`,
      description: `Drop the check that ${of} is not null, which is said by the column now`,
      placement: "together",
      safe: "the lock is short",
    },
    ...(isMarkedNow ? [dropMark(table, column)] : []),
  ];
}

const setNotNull = (table: string, column: string): PlacedStatement => ({
  sql: `alter table ${quoteName(table)} alter column ${quoteIdentifier(column)} set not null`,
  description: `Refuse null in ${table}.${column}`,
  placement: "together",
});

/** Whether a check that stays says it already. */
function isProven(table: string, column: string, { live, changes }: ExpansionContext): boolean {
  const expressions = new Set([`(${column} IS NOT NULL)`, `(${quoteIdentifier(column)} IS NOT NULL)`]);
  return [...(live.tables.get(table)?.constraints ?? [])].some(
    ([name, { kind, validated, expression = "" }]) =>
      kind === "check" &&
      validated &&
      expressions.has(expression) &&
      !changes.some(
        (change) => change.kind === "dropConstraint" && change.table === table && change.name === name,
      ),
  );
}
