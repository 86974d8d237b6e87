import { quoteIdentifier as quote, quoteBeside, quoteName } from "../identifier.ts";
import { compareIndexes, materializedViewFacts } from "../kinds/materialized-view.ts";
import { type Key, keyOf, keyOfObject } from "../model/catalog-object.ts";
import type { Model } from "../model/model.ts";
import type { Change, Difference } from "./change.ts";

/**
 * Comments of what is declared: set as they are declared, and taken away where they are not. Those of what is not
 * declared are left alone, as it is.
 */
export function diffComments(live: Model, desired: Model, { changes }: Difference): void {
  const there = afterChanges(live, changes);
  for (const [target, text] of desired.comments)
    if (there.get(target)?.text !== text)
      changes.push({ kind: "setComment", target, on: desired.commented.get(target) ?? "", text });
  const undeclared = [...there].filter(([target]) => !desired.comments.has(target));
  if (undeclared.length === 0) return;
  const declared = keysOf(desired);
  for (const [target, { key }] of undeclared)
    if (declared.has(key)) changes.push({ kind: "setComment", target, on: key, text: null });
}

type Comments = ReadonlyMap<string, { text: string; key: Key }>;

/** The comments that the other changes leave, under the names that they leave. */
function afterChanges({ comments, commented }: Model, changes: readonly Change[]): Comments {
  const gone = new Set(changes.flatMap(goneBy));
  const goneIndexes = new Set(changes.flatMap(indexesGoneBy));
  const renamed = new Map(changes.flatMap(renamedBy));
  const left = new Map<string, { text: string; key: Key }>();
  for (const [target, text] of comments) {
    const key = commented.get(target) ?? "";
    const to = renamed.get(target);
    if (!gone.has(key) && !goneIndexes.has(target))
      left.set(to?.target ?? target, { text, key: to?.key ?? key });
  }
  return left;
}

/** What a change drops, be it that another makes it again without its comments. */
function goneBy(change: Change): Key[] {
  switch (change.kind) {
    case "dropObject":
      return [keyOfObject(change.object)];
    case "setEnumAside":
      return [keyOf("enum", change.name)];
    case "dropConstraint":
      return [keyOf("constraint", change.name, change.table)];
    case "dropIndex":
      return [keyOf("index", change.name, change.table)];
    case "dropColumnToRemake":
      return [keyOf("column", change.column, change.table)];
    default:
      return [];
  }
}

function renamedBy(change: Change): [string, { target: string; key: Key }][] {
  if (change.kind === "renameConstraint") {
    const on = ` on ${quoteName(change.table)}`;
    const key = keyOf("constraint", change.to, change.table);
    return [
      [`constraint ${quote(change.from)}${on}`, { target: `constraint ${quote(change.to)}${on}`, key }],
    ];
  }
  if (change.kind !== "renameIndex") return [];
  const [from, to] = [change.from, change.to].map((name) => `index ${quoteBeside(change.table, name)}`);
  return [[from ?? "", { target: to ?? "", key: keyOf("index", change.to, change.table) }]];
}

/** The indexes of a materialized view that change along with it, as comments name them. */
function indexesGoneBy(change: Change): string[] {
  if (change.kind !== "alterObject" || change.from.kind !== "materializedView") return [];
  const [from, to] = [change.from, change.to].map(({ facts }) => materializedViewFacts.parse(facts).indexes);
  return compareIndexes(from ?? [], to ?? []).gone.map(
    ({ name }) => `index ${quoteBeside(change.from.name, name)}`,
  );
}

function keysOf({ enums, tables, objects }: Model): ReadonlySet<Key> {
  const keys = new Set<Key>(objects.keys());
  for (const name of enums.keys()) keys.add(keyOf("enum", name));
  for (const [table, { columns, constraints, indexes }] of tables) {
    keys.add(keyOf("table", table));
    for (const name of columns.keys()) keys.add(keyOf("column", name, table));
    for (const name of constraints.keys()) keys.add(keyOf("constraint", name, table));
    for (const name of indexes.keys()) keys.add(keyOf("index", name, table));
  }
  return keys;
}
