import { type Key, keyOf } from "../model/catalog-object.ts";
import type { Model } from "../model/model.ts";
import type { Change, Difference } from "./change.ts";
import { remakeColumn, remakeKeys } from "./remake-columns.ts";

/** A constraint, an index or a column of a table. */
type Part = { kind: "constraint" | "index" | "column"; table: string; name: string };

/** The parts of the tables, by their keys. */
export function partsOf({ tables }: Model): ReadonlyMap<Key, Part> {
  const parts = new Map<Key, Part>();
  for (const [table, { columns, constraints, indexes }] of tables)
    for (const [kind, members] of [
      ["column", columns],
      ["constraint", constraints],
      ["index", indexes],
    ] as const)
      for (const name of members.keys()) parts.set(keyOf(kind, name, table), { kind, table, name });
  return parts;
}

/** The keys of the columns of a table. */
export const columnKeys = (table: string, { tables }: Model): Key[] =>
  [...(tables.get(table)?.columns.keys() ?? [])].map((column) => keyOf("column", column, table));

/**
 * Takes away what of a table rests on a function that goes, and makes it again where it is declared: constraints,
 * indexes, defaults and generated columns. Gives the keys of what is disturbed by that in turn. A part of a table that
 * is not declared stays, and with it the function.
 */
export function remakePart(
  { kind, table, name }: Part,
  on: Key,
  live: Model,
  desired: Model,
  difference: Difference,
): Key[] {
  const { changes } = difference;
  const [from, to] = [live.tables.get(table), desired.tables.get(table)];
  if (from === undefined || to === undefined) return [];
  const isThere = (...kinds: Change["kind"][]): boolean =>
    changes.some(
      (one) =>
        kinds.includes(one.kind) &&
        "table" in one &&
        one.table === table &&
        ("name" in one ? one.name === name : "column" in one && one.column === name),
    );
  if (kind === "constraint") {
    const [old, constraint] = [from.constraints.get(name), to.constraints.get(name)];
    if (old !== undefined && constraint !== undefined && !isThere("dropConstraint"))
      changes.push({ kind: "dropConstraint", table, name, constraint: old });
    if (constraint !== undefined && !isThere("addConstraint"))
      changes.push({ kind: "addConstraint", table, name, constraint });
    return [];
  }
  if (kind === "index") {
    const [old, index] = [from.indexes.get(name), to.indexes.get(name)];
    if (old !== undefined && index !== undefined && !isThere("dropIndex"))
      changes.push({ kind: "dropIndex", table, name, index: old });
    if (index !== undefined && !isThere("createIndex"))
      changes.push({ kind: "createIndex", table, name, index });
    return [];
  }
  const [old, column] = [from.columns.get(name), to.columns.get(name)];
  if (old === undefined || column === undefined || isThere("dropColumn", "dropColumnToRemake")) return [];
  const restsOnIt = desired.dependencies.get(keyOf("column", name, table))?.has(on) ?? false;
  // The same words may call another function once this one is gone.
  if (!restsOnIt && old.default !== column.default) return [];
  if (old.generated !== undefined) {
    remakeColumn(table, name, old, column, live.version, difference);
    remakeKeys(table, name, live, desired, difference);
    return [keyOf("column", name, table)];
  }
  if (column.default === undefined) return [];
  if (!isThere("dropDefault")) changes.push({ kind: "dropDefault", table, column: name });
  if (!isThere("setDefault", "changeType"))
    changes.push({ kind: "setDefault", table, column: name, expression: column.default });
  return [];
}
