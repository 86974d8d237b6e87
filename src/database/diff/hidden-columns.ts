import { quoteIdentifier, quoteName } from "../identifier.ts";
import type { Model } from "../model/model.ts";
import type { Difference } from "./change.ts";
import type { PendingTransition } from "./transition.ts";

/** Blocks what is declared of columns that no plan sees, since no declaration can name their type. */
export function blockHiddenColumns(
  live: Model,
  pending: PendingTransition,
  { changes, blocked }: Difference,
): void {
  const added = new Set(
    changes.flatMap((change) => (change.kind === "addColumn" ? [`${change.table}.${change.column}`] : [])),
  );
  for (const { kind, name } of live.others) {
    if (kind !== "column") continue;
    const dot = name.lastIndexOf(".");
    const [table, column] = [name.slice(0, dot), name.slice(dot + 1)];
    if (added.has(name))
      blocked.push({
        code: "name_taken",
        object: name,
        message: `The column ${name} is declared, and the table has one of that name whose type cannot be declared.`,
        wayOut: "Rename the one or the other, or drop the one that is there yourself.",
      });
    if (pending.fateOfColumn(table, column) === "removed" && pending.fateOf("table", table) === undefined)
      blocked.push({
        code: "column_hidden",
        object: name,
        message: `The column ${name} is declared as removed. Its type cannot be declared, so that no plan sees it.`,
        wayOut: `Drop it yourself: alter table ${quoteName(table)} drop column ${quoteIdentifier(column)}`,
      });
  }
}
