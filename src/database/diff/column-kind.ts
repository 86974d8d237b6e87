import { quoteIdentifier as quote, quoteName } from "../identifier.ts";
import { setCounting } from "../identity-options.ts";
import { keyOf } from "../model/catalog-object.ts";
import type { Column } from "../model/model.ts";
import type { Difference } from "./change.ts";

/** Since this version Postgres changes the expression of a generated column in place. */
const setsExpression = 170_000;

/** Whether a column can become what is declared only by being dropped and made again. */
export function mustBeRemade(from: Column, to: Column, version: number): boolean {
  if (to.generated === undefined) return from.generated === "virtual";
  if (from.generated !== to.generated) return true;
  const isRetyped = from.type !== to.type || from.collation !== to.collation;
  return from.default !== to.default && (isRetyped || version < setsExpression);
}

/** Makes a plain column of what is not to be special any more; the column as it is then. */
export function makePlain(
  table: string,
  column: string,
  from: Column,
  to: Column,
  { changes }: Difference,
): Column {
  if (from.identity !== undefined && to.identity === undefined) {
    changes.push({ kind: "dropIdentity", table, column });
    const { identity, identityOptions, sequence, ...plain } = from;
    return plain;
  }
  if (from.generated !== undefined && to.generated === undefined) {
    changes.push({ kind: "dropExpression", table, column });
    const { generated, default: expression, ...plain } = from;
    return plain;
  }
  return from;
}

/** An identity that is to be: added to what is there, or told to count in another way. */
export function diffIdentity(
  table: string,
  column: string,
  from: Column,
  to: Column,
  { changes }: Difference,
): void {
  if (from.identity === undefined) {
    const sequence = from.serial ? from.sequence : undefined;
    changes.push({ kind: "addIdentity", table, column, definition: to, sequence });
    return;
  }
  const actions = [
    ...(from.identity === to.identity ? [] : [`set generated ${to.identity}`]),
    ...(from.identityOptions === to.identityOptions ? [] : setCounting(to.identityOptions)),
  ];
  if (actions.length === 0) return;
  const counts = from.identityOptions === to.identityOptions ? "" : ` (${to.identityOptions ?? "as usual"})`;
  changes.push({
    kind: "alterTable",
    table,
    of: keyOf("column", column, table),
    sql: `alter table ${quoteName(table)} alter column ${quote(column)} ${actions.join(" ")}`,
    description: `Let the identity of ${table}.${column} be generated ${to.identity}${counts}`,
  });
}

/** The expression of a generated column, which Postgres computes anew for every row. */
export function diffExpression(
  table: string,
  column: string,
  from: Column,
  to: Column,
  { changes }: Difference,
): void {
  if (from.default === to.default) return;
  changes.push({
    kind: "alterTable",
    table,
    of: keyOf("column", column, table),
    sql: `alter table ${quoteName(table)} alter column ${quote(column)} set expression as (${to.default})`,
    description: `Compute ${table}.${column} as ${to.default}`,
  });
}
