import type { Column, Table } from "../model/model.ts";
import { yamlName } from "../yaml-name.ts";
import type { Difference } from "./change.ts";
import { diffExpression, diffIdentity, makePlain, mustBeRemade } from "./column-kind.ts";
import { diffColumnSettings } from "./column-settings.ts";
import { remakeColumn } from "./remake-columns.ts";
import type { PendingTransition } from "./transition.ts";

/**
 * Columns of a table that is there: added, or given their type, default and nullability. None is dropped but where
 * its removal is declared.
 */
export function diffColumns(
  table: string,
  live: Table,
  desired: Table,
  pending: PendingTransition,
  version: number,
  difference: Difference,
): void {
  for (const [column, to] of desired.columns) {
    const from = live.columns.get(column);
    if (from === undefined) {
      difference.changes.push({ kind: "addColumn", table, column, definition: to });
      diffColumnSettings(table, column, undefined, to, version, difference);
    } else diffColumn(table, column, from, to, version, difference);
  }
  for (const [column, { type }] of live.columns) {
    if (desired.columns.has(column)) continue;
    const fate = pending.fateOfColumn(table, column);
    if (fate === "removed") difference.changes.push({ kind: "dropColumn", table, column });
    if (fate !== undefined) continue;
    const declared = pending.declaredTable(table);
    const alike = [...desired.columns].flatMap(([name, to]) =>
      live.columns.has(name) || to.type !== type ? [] : [name],
    );
    difference.blocked.push({
      code: "column_not_declared",
      object: `${table}.${column}`,
      message: `The table ${table} has a column ${column}, which is not declared. To drop it would lose its data.`,
      wayOut: `${renameHint(declared, column, alike)} To drop it, declare that: removed: { columns: { ${yamlName(declared)}: [${yamlName(column)}] } }`,
    });
  }
}

/** A column that goes and one of its type that comes may be one and the same. */
const renameHint = (table: string, column: string, alike: readonly string[]): string =>
  alike.length === 0
    ? "Declare it to keep it."
    : `If it is ${alike.map((name) => `${table}.${name}`).join(" or ")} now, declare that there: renamedFrom: ${yamlName(column)}.`;

function diffColumn(
  table: string,
  column: string,
  from: Column,
  to: Column,
  version: number,
  difference: Difference,
): void {
  const { changes } = difference;
  if (mustBeRemade(from, to, version)) {
    remakeColumn(table, column, from, to, version, difference);
    return;
  }
  const now = makePlain(table, column, from, to, difference);
  const changesType = now.type !== to.type || now.collation !== to.collation;
  if (changesType) changes.push({ kind: "changeType", table, column, from: now, to });
  if (to.generated !== undefined) diffExpression(table, column, now, to, difference);
  else if (to.serial) diffSequence(table, column, now, to, difference);
  else if (!changesType) diffDefault(table, column, now, to, difference);
  if (to.identity !== undefined) diffIdentity(table, column, now, to, difference);
  if (now.nullable !== to.nullable)
    changes.push({ kind: to.nullable ? "dropNotNull" : "setNotNull", table, column });
  // A new type comes with its own way of being kept.
  const { storage, compression, ...rest } = now;
  diffColumnSettings(table, column, changesType ? rest : now, to, version, difference);
}

function diffSequence(
  table: string,
  column: string,
  from: Column,
  to: Column,
  { changes }: Difference,
): void {
  const { sequence, type } = from;
  if (!from.serial) changes.push({ kind: "takeFromSequence", table, column, definition: to, sequence });
  if (sequence !== undefined && type !== to.type)
    changes.push({ kind: "changeSequence", table, column, sequence, type: to.type });
}

/** A change of the type sets the default along with it. */
function diffDefault(table: string, column: string, from: Column, to: Column, { changes }: Difference): void {
  if (to.default === undefined) {
    if (from.serial || from.default !== undefined) changes.push({ kind: "dropDefault", table, column });
  } else if (from.default !== to.default)
    changes.push({ kind: "setDefault", table, column, expression: to.default });
}
