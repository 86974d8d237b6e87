import { conversion, enumValuesOf } from "../diff/type-change.ts";
import { quoteIdentifier as quote, quoteName, splitName } from "../identifier.ts";
import type { Column, Model, Table } from "../model/model.ts";

/**
 * What stands after `from` to read a live table's rows as they will be: with new columns, and changed types
 * converted. Undefined where the table is not there yet.
 */
export function futureRows(name: string, live: Model, desired: Model): string | undefined {
  const present = live.tables.get(name);
  const table = desired.tables.get(name);
  if (present === undefined) return undefined;
  if (table === undefined || isUnchanged(present, table)) return quoteName(name);
  const columns = [...table.columns].map(([column, to]) => {
    const from = present.columns.get(column);
    if (from === undefined) return `${newValue(to)} as ${quote(column)}`;
    const values = enumValuesOf(to.type, desired.enums);
    return from.type === to.type
      ? quote(column)
      : `${conversion({ column, from, to, values })} as ${quote(column)}`;
  });
  return `(select ${columns.join(", ")} from ${quoteName(name)}) as ${quote(splitName(name).local)}`;
}

const isUnchanged = (live: Table, desired: Table): boolean =>
  [...desired.columns].every(([column, { type }]) => live.columns.get(column)?.type === type);

function newValue({ type, serial, identity, default: value }: Column): string {
  if (serial || identity !== undefined) return `row_number() over ()`;
  return value === undefined ? `null::${type}` : `(${value})::${type}`;
}
