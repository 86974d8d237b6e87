import type { Constraint, Index, Model, Table } from "../model/model.ts";
import { yamlName } from "../yaml-name.ts";
import type { Change, Difference } from "./change.ts";
import type { PendingTransition } from "./transition.ts";
import { isWidening } from "./type-change.ts";

/** Constraints of all tables. One that is not declared is dropped, since that loses no data. */
export function diffConstraints(
  live: Model,
  desired: Model,
  pending: PendingTransition,
  difference: Difference,
): void {
  for (const [name, table] of desired.tables) {
    const present = live.tables.get(name);
    if (present === undefined) {
      for (const [constraint, definition] of table.constraints)
        if (definition.kind === "foreignKey") add(name, constraint, definition, difference);
    } else diffTableConstraints(name, present, table, difference);
  }
  remakeForeignKeys(live, desired, pending, difference);
}

function diffTableConstraints(table: string, live: Table, desired: Table, difference: Difference): void {
  const { changes, notices } = difference;
  const rest = new Map(live.constraints);
  const wanted: [string, Constraint][] = [];
  for (const [name, constraint] of desired.constraints) {
    const present = live.constraints.get(name);
    if (present === undefined || !isSame(present, constraint)) {
      wanted.push([name, constraint]);
      continue;
    }
    rest.delete(name);
    if (!present.validated) changes.push({ kind: "validateConstraint", table, name, constraint });
  }
  for (const [name, constraint] of wanted) {
    const other = [...rest].find(([old, each]) => !desired.constraints.has(old) && isSame(each, constraint));
    if (other === undefined || rest.has(name)) add(table, name, constraint, difference);
    else {
      rest.delete(other[0]);
      changes.push({ kind: "renameConstraint", table, from: other[0], to: name });
    }
  }
  for (const [name, constraint] of rest) {
    if (constraint.expressible || desired.constraints.has(name)) drop(table, name, constraint, difference);
    else
      notices.push({
        kind: "constraint",
        object: `${table}.${name}`,
        message: `The constraint ${name} of ${table} cannot be declared: ${constraint.definition}`,
      });
  }
}

/** Indexes of a table that is there. One that is not declared is dropped, unless no declaration could say it. */
export function diffIndexes(
  table: string,
  live: Table,
  desired: Table,
  { changes, notices }: Difference,
): void {
  const rest = new Map(live.indexes);
  for (const [name, index] of desired.indexes) {
    const present = rest.get(name);
    if (present !== undefined && isSameIndex(present, index)) rest.delete(name);
  }
  for (const [name, index] of desired.indexes) {
    const present = live.indexes.get(name);
    if (present !== undefined && !rest.has(name)) continue;
    const other = [...rest].find(([old, each]) => !desired.indexes.has(old) && isSameIndex(each, index));
    if (other === undefined || present !== undefined)
      changes.push({ kind: "createIndex", table, name, index });
    else {
      rest.delete(other[0]);
      changes.push({ kind: "renameIndex", table, from: other[0], to: name });
    }
  }
  for (const [name, index] of rest) {
    const nameIsTaken = desired.indexes.has(name) || desired.constraints.has(name);
    if (index.expressible || nameIsTaken) changes.push({ kind: "dropIndex", table, name, index });
    else
      notices.push({
        kind: "index",
        object: name,
        message: `The index ${name} of ${table} cannot be declared: ${index.definition}`,
      });
  }
}

/**
 * A foreign key rests on a unique index and on both columns' types: where one of these is replaced, the foreign key
 * is dropped before and added again after.
 */
function remakeForeignKeys(
  live: Model,
  desired: Model,
  pending: PendingTransition,
  difference: Difference,
): void {
  const dropped = difference.changes.filter(
    (change) => change.kind === "dropConstraint" || change.kind === "dropIndex",
  );
  for (const [table, { constraints }] of live.tables) {
    if (!desired.tables.has(table) && pending.fateOf("table", table) === "removed") continue;
    for (const [name, constraint] of constraints) {
      const { references } = constraint;
      if (references === undefined || dropped.some((drop) => drop.table === table && drop.name === name))
        continue;
      const losesKey = dropped.some(
        (drop) => drop.table === references.table && drop.name === references.index,
      );
      if (!losesKey && !typeChanges(table, constraint, difference.changes)) continue;
      const wanted = desired.tables.get(table)?.constraints.get(name);
      if (wanted !== undefined) {
        drop(table, name, constraint, difference);
        add(table, name, wanted, difference);
      } else if (losesKey)
        difference.blocked.push({
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

const isSame = (a: Constraint, b: Constraint): boolean => a.kind === b.kind && a.definition === b.definition;

const isSameIndex = (live: Index, desired: Index): boolean =>
  live.shape === desired.shape && live.unique === desired.unique && live.valid;

const add = (table: string, name: string, constraint: Constraint, { changes }: Difference): void =>
  void changes.push({ kind: "addConstraint", table, name, constraint });

const drop = (table: string, name: string, constraint: Constraint, { changes }: Difference): void =>
  void changes.push({ kind: "dropConstraint", table, name, constraint });
