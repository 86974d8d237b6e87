import type { Column, Model } from "../model/model.ts";
import type { Difference } from "./change.ts";
import type { PendingTransition } from "./transition.ts";

/**
 * The renames themselves, and those of what Postgres named after a table or a column and does not rename along with
 * it. Keys, checks and indexes are not among these: the same one under another name is renamed in any case.
 */
export function diffRenames(
  live: Model,
  desired: Model,
  { renames, liveName }: PendingTransition,
  { changes }: Difference,
): void {
  for (const rename of renames) {
    const { from, to } = rename;
    switch (rename.kind) {
      case "table":
        changes.push({ kind: "renameTable", table: from, to });
        for (const [column, present] of live.tables.get(from)?.columns ?? [])
          renameNamesakes(from, column, present, desired, changes);
        break;
      case "column": {
        const table = liveName("table", rename.table);
        changes.push({ kind: "renameColumn", table, column: from, to });
        const present = live.tables.get(table)?.columns.get(from);
        if (present !== undefined && table === rename.table)
          renameNamesakes(table, from, present, desired, changes);
        break;
      }
      case "enum":
        changes.push({ kind: "renameEnum", name: from, to });
        break;
      case "enumValue":
        changes.push({ kind: "renameEnumValue", name: liveName("enum", rename.enum), value: from, to });
    }
  }
}

/** `desired` has the old names of tables and columns, and the new ones of all else. */
function renameNamesakes(
  table: string,
  column: string,
  from: Column,
  desired: Model,
  changes: Difference["changes"],
): void {
  const to = desired.tables.get(table)?.columns.get(column);
  if (to === undefined) return;
  const keeps = from.serial === to.serial && (from.identity === undefined) === (to.identity === undefined);
  if (keeps && from.sequence !== undefined && to.sequence !== undefined)
    if (from.sequence !== to.sequence)
      changes.push({ kind: "renameSequence", table, column, sequence: from.sequence, to: to.sequence });
  if (from.notNull !== undefined && to.notNull !== undefined && from.notNull !== to.notNull)
    changes.push({ kind: "renameNotNull", table, from: from.notNull, to: to.notNull });
}
