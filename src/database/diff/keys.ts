import type { Constraint, Index, Model, Table } from "../model/model.ts";
import type { Difference } from "./change.ts";
import { changeTiming, indexSettings, isSameButTiming } from "./keys-in-place.ts";
import { remakeForeignKeys } from "./remake-foreign-keys.ts";
import type { PendingTransition } from "./transition.ts";

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
        if (definition.kind === "foreignKey")
          difference.changes.push({
            kind: "addConstraint",
            table: name,
            name: constraint,
            constraint: definition,
          });
    } else diffTableConstraints(name, present, table, pending, difference);
  }
  remakeForeignKeys(live, desired, pending, difference);
}

function diffTableConstraints(
  table: string,
  live: Table,
  desired: Table,
  pending: PendingTransition,
  difference: Difference,
): void {
  const { changes, notices } = difference;
  const rest = new Map(live.constraints);
  const wanted: [string, Constraint][] = [];
  for (const [name, constraint] of desired.constraints) {
    const present = live.constraints.get(name);
    if (present === undefined || isUnfinishedKey(present) || !isSameButTiming(present, constraint)) {
      wanted.push([name, constraint]);
      continue;
    }
    rest.delete(name);
    if (!isSame(present, constraint)) changes.push(changeTiming(table, name, constraint));
    if (!present.validated && !pending.staysUnvalidated(table, name))
      changes.push({ kind: "validateConstraint", table, name, constraint });
  }
  const renamed = successors(wanted, rest, isSame, (name) => pending.oldNameOf("constraint", table, name));
  for (const [name, constraint] of wanted) {
    const from = renamed.get(name);
    if (from === undefined) {
      changes.push({ kind: "addConstraint", table, name, constraint });
      continue;
    }
    changes.push({ kind: "renameConstraint", table, from, to: name });
    if (rest.get(from)?.validated === false && !pending.staysUnvalidated(table, name))
      changes.push({ kind: "validateConstraint", table, name, constraint });
    rest.delete(from);
  }
  for (const [name, constraint] of rest) {
    if (constraint.expressible || desired.constraints.has(name))
      changes.push({ kind: "dropConstraint", table, name, constraint });
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
  pending: PendingTransition,
  { changes, notices }: Difference,
): void {
  const rest = new Map(live.indexes);
  const wanted: [string, Index][] = [];
  for (const [name, index] of desired.indexes) {
    const present = live.indexes.get(name);
    const settings =
      present === undefined ? undefined : indexSettings(table, name, present, index, desired.partitionBy);
    if (settings === undefined) wanted.push([name, index]);
    else {
      rest.delete(name);
      changes.push(...settings);
    }
  }
  const renamed = successors(wanted, rest, isSameIndex, (name) => pending.oldNameOf("index", table, name));
  for (const [name, index] of wanted) {
    const from = renamed.get(name);
    if (from === undefined) changes.push({ kind: "createIndex", table, name, index });
    else {
      rest.delete(from);
      changes.push({ kind: "renameIndex", table, from, to: name });
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
 * Which of those that are to go is which of those that are to come: first as renames are declared, then by what they
 * are. Those to come whose name is taken yet by another are none.
 */
function successors<T>(
  wanted: readonly [string, T][],
  rest: ReadonlyMap<string, T>,
  isEqual: (live: T, desired: T) => boolean,
  oldNameOf: (name: string) => string | undefined,
): ReadonlyMap<string, string> {
  const names = new Set(wanted.map(([name]) => name));
  const found = new Map<string, string>();
  const taken = new Set<string>();
  const isFree = (old: string, one: T): boolean => {
    const live = rest.get(old);
    return live !== undefined && !names.has(old) && !taken.has(old) && isEqual(live, one);
  };
  const take = (name: string, old: string | undefined): void => {
    if (old === undefined) return;
    found.set(name, old);
    taken.add(old);
  };
  const nameable = wanted.filter(([name]) => !rest.has(name));
  for (const [name, one] of nameable) {
    const old = oldNameOf(name);
    take(name, old !== undefined && isFree(old, one) ? old : undefined);
  }
  for (const [name, one] of nameable)
    if (!found.has(name))
      take(
        name,
        [...rest.keys()].find((old) => isFree(old, one)),
      );
  return found;
}

const isSame = (live: Constraint, desired: Constraint): boolean =>
  live.kind === desired.kind && live.definition === desired.definition && !isUnfinishedKey(live);

/** Only partitions that lack it can finish it, so it is made anew. */
const isUnfinishedKey = ({ kind, validated }: Constraint): boolean =>
  !validated && kind !== "check" && kind !== "foreignKey";

const isSameIndex = (live: Index, desired: Index): boolean =>
  live.shape === desired.shape && live.unique === desired.unique && live.valid;
