import { keyOf } from "../model/catalog-object.ts";
import type { Constraint, Model } from "../model/model.ts";
import { yamlName } from "../yaml-name.ts";
import type { Change, Difference } from "./change.ts";
import type { PendingTransition } from "./transition.ts";
import { isWidening } from "./type-change.ts";

/**
 * A foreign key rests on a unique index and on both columns' types: where one of these is replaced, the foreign key
 * is dropped before and added again after.
 */
export function remakeForeignKeys(
  live: Model,
  desired: Model,
  pending: PendingTransition,
  { changes, blocked }: Difference,
): void {
  const dropped = changes.filter((change) => change.kind === "dropConstraint" || change.kind === "dropIndex");
  for (const [table, { constraints }] of live.tables) {
    if (!desired.tables.has(table) && pending.fateOf("table", table) === "removed") continue;
    for (const [name, constraint] of constraints) {
      const { references } = constraint;
      if (references === undefined || dropped.some((drop) => drop.table === table && drop.name === name))
        continue;
      const losesKey = dropped.some(
        (drop) => drop.table === references.table && drop.name === references.index,
      );
      if (!losesKey && !typeChanges(table, constraint, changes)) continue;
      const rename = changes.find(
        (change) => change.kind === "renameConstraint" && change.table === table && change.from === name,
      );
      const to = rename?.kind === "renameConstraint" ? rename.to : name;
      const wanted = desired.tables.get(table)?.constraints.get(to);
      if (wanted !== undefined) {
        if (rename !== undefined) changes.splice(changes.indexOf(rename), 1);
        changes.push(
          { kind: "dropConstraint", table, name, constraint },
          { kind: "addConstraint", table, name: to, constraint: wanted },
        );
      } else if (losesKey)
        blocked.push({
          code: "key_in_use",
          object: `${references.table}.${references.index}`,
          message: `The key ${references.index} of ${references.table} is to go, and the foreign key ${name} of ${table}, which is not declared, rests on it.`,
          wayOut: `Declare the table ${table}, or keep the key. To drop the table, declare that: removed: { tables: [${yamlName(table)}] }`,
        });
    }
  }
}

const typeChanges = (
  table: string,
  { columns, references }: Constraint,
  changes: readonly Change[],
): boolean =>
  changes.some(
    (change) =>
      change.kind === "changeType" &&
      !isWidening(change.from.type, change.to.type) &&
      ((change.table === table && columns.includes(change.column)) ||
        (change.table === references?.table && references.columns.includes(change.column))),
  );

/** What is made anew is made as it is declared, so that nothing is left to be changed or validated in it. */
export function dropIdleChanges({ changes }: Difference): void {
  const gone = new Set(
    changes.flatMap((change) => {
      if (change.kind === "dropConstraint") return [keyOf("constraint", change.name, change.table)];
      return change.kind === "dropIndex" ? [keyOf("index", change.name, change.table)] : [];
    }),
  );
  const kept = changes.filter((change) => {
    if (change.kind === "alterTable") return !gone.has(change.of);
    return change.kind !== "validateConstraint" || !gone.has(keyOf("constraint", change.name, change.table));
  });
  changes.splice(0, changes.length, ...kept);
}
