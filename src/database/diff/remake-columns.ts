import { type Key, keyOf } from "../model/catalog-object.ts";
import type { Column, Model } from "../model/model.ts";
import type { Change, Difference } from "./change.ts";
import { diffColumnSettings } from "./column-settings.ts";

/** Drops a column and makes it again. */
export function remakeColumn(
  table: string,
  column: string,
  from: Column,
  to: Column,
  version: number,
  difference: Difference,
): void {
  difference.changes.push(
    { kind: "dropColumnToRemake", table, column, from, to },
    { kind: "addColumn", table, column, definition: to },
  );
  diffColumnSettings(table, column, undefined, to, version, difference);
}

/**
 * Makes again the generated columns that are computed from what gets another type, which Postgres refuses beneath
 * them; and the indexes and constraints that go along with a column that is made again.
 */
export function remakeAroundColumns(live: Model, desired: Model, difference: Difference): void {
  const { changes } = difference;
  for (const change of [...changes]) {
    if (change.kind !== "changeType") continue;
    const { table } = change;
    for (const [column, from] of live.tables.get(table)?.columns ?? []) {
      const to = desired.tables.get(table)?.columns.get(column);
      if (from.generated === undefined || to?.generated === undefined || isRemade(changes, table, column))
        continue;
      if (!restsOn(live, keyOf("column", column, table), table, change.column)) continue;
      forget(changes, table, column);
      remakeColumn(table, column, from, to, live.version, difference);
    }
  }
  for (const change of [...changes])
    if (change.kind === "dropColumnToRemake")
      remakeKeys(change.table, change.column, live, desired, difference);
}

/** Postgres drops these along with the column. */
export function remakeKeys(
  table: string,
  column: string,
  live: Model,
  desired: Model,
  { changes }: Difference,
): void {
  const isThere = (kind: Change["kind"], name: string): boolean =>
    changes.some((one) => one.kind === kind && "name" in one && one.name === name && tableOf(one) === table);
  for (const [name, index] of live.tables.get(table)?.indexes ?? [])
    if (restsOn(live, keyOf("index", name, table), table, column) && !isThere("dropIndex", name))
      changes.push({ kind: "dropIndex", table, name, index });
  for (const [name, index] of desired.tables.get(table)?.indexes ?? [])
    if (restsOn(desired, keyOf("index", name, table), table, column) && !isThere("createIndex", name))
      changes.push({ kind: "createIndex", table, name, index });
  for (const [name, constraint] of live.tables.get(table)?.constraints ?? [])
    if (restsOn(live, keyOf("constraint", name, table), table, column) && !isThere("dropConstraint", name))
      changes.push({ kind: "dropConstraint", table, name, constraint });
  for (const [name, constraint] of desired.tables.get(table)?.constraints ?? [])
    if (restsOn(desired, keyOf("constraint", name, table), table, column) && !isThere("addConstraint", name))
      changes.push({ kind: "addConstraint", table, name, constraint });
}

/** What was to be changed of a column in place. */
function forget(changes: Change[], table: string, column: string): void {
  const rest = changes.filter((change) => {
    if (change.kind === "alterTable") return change.of !== keyOf("column", column, table);
    return change.kind !== "changeType" || change.table !== table || change.column !== column;
  });
  changes.splice(0, changes.length, ...rest);
}

const tableOf = (change: Change): string | undefined => ("table" in change ? change.table : undefined);

const restsOn = ({ dependencies }: Model, key: Key, table: string, column: string): boolean =>
  dependencies.get(key)?.has(keyOf("column", column, table)) ?? false;

const isRemade = (changes: readonly Change[], table: string, column: string): boolean =>
  changes.some(
    (change) => change.kind === "dropColumnToRemake" && change.table === table && change.column === column,
  );
