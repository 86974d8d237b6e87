import { kindOf } from "../kinds/kinds.ts";
import { type CatalogObject, type Key, keyOf, keyOfObject } from "../model/catalog-object.ts";
import type { Model, Table } from "../model/model.ts";
import { repeatedKeys } from "../repeated-keys.ts";
import { yamlName } from "../yaml-name.ts";
import { type Difference, noDifference } from "./change.ts";
import { diffColumnSettings } from "./column-settings.ts";
import { diffColumns } from "./columns.ts";
import { diffComments } from "./comments.ts";
import { remakeAroundEnums, removeEnumValues } from "./enum-values.ts";
import { diffEnums } from "./enums.ts";
import { blockHiddenColumns } from "./hidden-columns.ts";
import { inWordsAsWritten } from "./in-words-as-written.ts";
import { diffConstraints, diffIndexes } from "./keys.ts";
import { diffLogging } from "./logging.ts";
import { namesake } from "./namesake.ts";
import { diffObjects } from "./objects.ts";
import { diffPartitions } from "./partitions.ts";
import { remakeDependents } from "./remake.ts";
import { remakeAroundColumns } from "./remake-columns.ts";
import { dropIdleChanges } from "./remake-foreign-keys.ts";
import { diffRenames } from "./renames.ts";
import { diffRowSecurity } from "./row-security.ts";
import { diffSequenceOwners } from "./sequence-owners.ts";
import { blockStillUsed } from "./still-used.ts";
import { diffStorage } from "./storage.ts";
import { type PendingTransition, pendingTransition } from "./transition.ts";
import { refuseUnsupported } from "./unsupported.ts";

/**
 * What has to happen to `live` so that all that is in `desired` is in it. Both come from the one reader. What is
 * pending to be renamed has its old name in `desired` too.
 */
export function diffModels(
  live: Model,
  declared: Model,
  pending: PendingTransition = pendingTransition(live),
): Difference {
  const desired = inWordsAsWritten(live, declared);
  const difference = noDifference();
  difference.blocked.push(...pending.blocked);
  diffEnums(live, desired, pending, difference);
  for (const [name, table] of desired.tables) {
    const present = live.tables.get(name);
    if (present === undefined) addTable(name, table, live, difference);
    else {
      diffColumns(name, present, table, pending, live.version, difference);
      diffStorage(name, present, table, difference);
      diffIndexes(name, present, table, pending, difference);
    }
  }
  diffLogging(live, desired, difference);
  removeEnumValues(live, desired, pending, difference);
  diffConstraints(live, desired, pending, difference);
  remakeAroundEnums(live, desired, difference);
  remakeAroundColumns(live, desired, difference);
  dropIdleChanges(difference);
  for (const name of live.tables.keys())
    if (!desired.tables.has(name)) undeclaredTable(name, live, desired, pending, difference);
  diffPartitions(live, desired, pending, difference);
  diffRowSecurity(live, desired, difference);
  diffObjects(live, desired, pending, difference);
  diffSequenceOwners(live, desired, difference);
  remakeDependents(live, desired, difference);
  blockStillUsed(live, desired, difference);
  blockHiddenColumns(live, pending, difference);
  for (const { kind, name } of live.others)
    difference.notices.push({ kind, object: name, message: `The ${kind} ${name} cannot be declared.` });
  diffRenames(live, desired, pending, difference);
  diffComments(live, desired, difference);
  refuseUnsupported(live, difference);
  return difference;
}

function undeclaredTable(
  table: string,
  live: Model,
  desired: Model,
  pending: PendingTransition,
  { changes, notices }: Difference,
): void {
  if (pending.fateOf("table", table) === "removed") {
    const parts = [...live.objects.values()].filter((object) => object.table === table);
    // A policy may look at a view of its own table, or two tables' policies at each other's table.
    const first = parts.filter((object) => object.kind === "policy" && looksAtRemoved(object, live, pending));
    const takes = parts
      .filter((object) => !first.includes(object))
      .map(({ kind, name }) => `${kindOf(kind).word} ${name}`);
    for (const object of first) changes.push({ kind: "dropObject", object, restored: false });
    changes.push({ kind: "dropTable", table, takes });
    // Tables that go may refer to each other in a circle.
    for (const [name, constraint] of live.tables.get(table)?.constraints ?? []) {
      const target = constraint.references?.table;
      if (target !== undefined && target !== table && pending.fateOf("table", target) === "removed")
        changes.push({ kind: "dropConstraint", table, name, constraint });
    }
    return;
  }
  const alike = [...desired.tables].filter(
    ([name, { columns }]) => !live.tables.has(name) && isAlike(live.tables.get(table)?.columns, columns),
  );
  const hint = alike.map(
    ([name]) => ` If ${name} is its new name, declare that before applying: renamedFrom: ${yamlName(table)}`,
  );
  notices.push({
    kind: "table",
    object: table,
    message: `The table ${table} is not declared.${hint.join("")}`,
  });
}

/** Whether a part of a table rests on another table that goes, on a column of one, or on a view or a function that goes. */
function looksAtRemoved(
  part: CatalogObject,
  { dependencies, tables, objects }: Model,
  { fateOf }: PendingTransition,
): boolean {
  const on = [...(dependencies.get(keyOfObject(part)) ?? [])];
  const isRemoved = (key: Key): boolean => {
    const object = objects.get(key);
    if (object !== undefined)
      return (
        object.kind !== "trigger" &&
        object.kind !== "policy" &&
        fateOf(object.kind, object.name) === "removed"
      );
    return [...tables.keys()].some(
      (table) =>
        table !== part.table &&
        (key === keyOf("table", table) || key.startsWith(keyOf("column", "", table))) &&
        fateOf("table", table) === "removed",
    );
  };
  return on.some(isRemoved);
}

/** Whether the columns are those of one table under two names. */
const isAlike = (live: Table["columns"] | undefined, desired: Table["columns"]): boolean =>
  live !== undefined &&
  live.size > 1 &&
  live.size === desired.size &&
  [...live].every(([name, { type }]) => desired.get(name)?.type === type);

function addTable(name: string, table: Table, live: Model, difference: Difference): void {
  const { changes, blocked } = difference;
  const taken = namesake(live, name, ["view", "materializedView", "sequence", "composite", "partition"]);
  if (blocked.some(({ object }) => object === name)) return;
  if (taken !== undefined) {
    blocked.push({
      code: "name_taken",
      object: name,
      message: `The table ${name} is declared, and the database has a ${taken} of that name.`,
      wayOut: `Rename the one or the other.`,
    });
    return;
  }
  const repeated = repeatedKeys(
    [...table.constraints].map(([key, definition]) => ({ name: key, ...definition })),
  );
  const along = [...table.constraints].filter(([key]) => !repeated.has(key));
  changes.push({ kind: "createTable", table: name, definition: { ...table, constraints: new Map(along) } });
  for (const [key, constraint] of table.constraints)
    if (repeated.has(key)) changes.push({ kind: "addConstraint", table: name, name: key, constraint });
  for (const [column, definition] of table.columns)
    diffColumnSettings(name, column, undefined, definition, live.version, difference);
  for (const [index, definition] of table.indexes)
    changes.push({ kind: "createIndex", table: name, name: index, index: definition });
}
