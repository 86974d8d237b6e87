import type { Expansion } from "./expansion.ts";
import { dropMark, fill, isSetNotNull } from "./fill.ts";
import { temporaryName } from "./temporary-name.ts";

/** What an apply that was cut off has left on a table is used by what takes its work up, which drops it in the end. */
export const dropConstraint: Expansion = (change, { live, changes }) => {
  if (change.kind !== "dropConstraint" || change.constraint.kind !== "check") return undefined;
  const { table, name } = change;
  for (const column of live.tables.get(table)?.columns.keys() ?? []) {
    const isMark = name === temporaryName("fill", column);
    if (!isMark && name !== temporaryName("notNull", column)) continue;
    if (changes.some((one) => isSetNotNull(one, table, column))) return [];
    return isMark ? [fill(table, column, "default"), dropMark(table, column)] : undefined;
  }
  return undefined;
};
