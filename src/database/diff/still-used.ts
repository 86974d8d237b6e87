import { kindOf } from "../kinds/kinds.ts";
import { partitionFacts } from "../kinds/partition.ts";
import { type Key, keyOf, keyOfObject } from "../model/catalog-object.ts";
import type { Model } from "../model/model.ts";
import type { Change, Difference } from "./change.ts";
import { inverted } from "./dependents.ts";

/**
 * Blocks the drop of an object that others rest on which neither go nor change along with it. Nothing is ever dropped
 * with another.
 */
export function blockStillUsed(live: Model, desired: Model, { changes, blocked }: Difference): void {
  const drops = changes.filter((change) => change.kind === "dropObject");
  if (drops.length === 0) return;
  const dependents = inverted(live.dependencies);
  const there = keysOf(desired);
  const gone = new Set(changes.flatMap(droppedBy));
  for (const { object, restored } of drops) {
    if (object.kind === "partition") continue;
    const key = keyOfObject(object);
    const stays = (dependent: Key): boolean => {
      if (gone.has(dependent) || isPartOfGone(dependent, live, gone)) return false;
      return !there.has(dependent) || (desired.dependencies.get(dependent)?.has(key) ?? false);
    };
    const users = [...(dependents.get(key) ?? [])].filter(stays);
    if (users.length === 0) continue;
    const { word } = kindOf(object.kind);
    blocked.push({
      code: "still_used",
      object: object.name,
      message: `The ${word} ${object.name} is ${restored ? "to be made anew" : "declared as removed"}, and other things rest on it: ${users.map(describe).sort().join(", ")}.`,
      wayOut:
        "Drop these yourself first, or declare their removal too. Nothing is dropped along with another thing.",
    });
  }
}

const droppedBy = (change: Change): Key[] => {
  switch (change.kind) {
    case "dropTable":
      return [keyOf("table", change.table)];
    case "dropColumn":
    case "dropColumnToRemake":
    case "dropDefault":
      return [keyOf("column", change.column, change.table)];
    case "dropEnum":
      return [keyOf("enum", change.name)];
    case "dropConstraint":
      return [keyOf("constraint", change.name, change.table)];
    case "dropIndex":
      return [keyOf("index", change.name, change.table)];
    case "dropObject":
      return [keyOfObject(change.object)];
    default:
      return [];
  }
};

/** What rests on a column or a table that goes, and is a part of it, goes along. */
function isPartOfGone(key: Key, live: Model, gone: ReadonlySet<Key>): boolean {
  const object = live.objects.get(key);
  if (object?.kind === "partition") {
    const { of } = partitionFacts.parse(object.facts);
    const whole = keyOf("partition", of);
    return gone.has(keyOf("table", of)) || gone.has(whole) || isPartOfGone(whole, live, gone);
  }
  if (object?.table !== undefined) return gone.has(keyOf("table", object.table));
  return /^(?:column|constraint|index):/.test(key) && [...wholesOf(key)].some((whole) => gone.has(whole));
}

/** The tables that a part may be of, by where its name is cut: `column:audit.log.at` is of `audit.log`. */
const wholesOf = (key: Key): Key[] => {
  const name = key.slice(key.indexOf(":") + 1);
  return [...name.matchAll(/\./g)].map(({ index }) => keyOf("table", name.slice(0, index)));
};

const keysOf = ({ enums, tables, objects }: Model): ReadonlySet<Key> =>
  new Set([
    ...objects.keys(),
    ...[...enums.keys()].map((name) => keyOf("enum", name)),
    ...[...tables].flatMap(([table, { columns, constraints, indexes }]) => [
      keyOf("table", table),
      ...[...columns.keys()].map((name) => keyOf("column", name, table)),
      ...[...constraints.keys()].map((name) => keyOf("constraint", name, table)),
      ...[...indexes.keys()].map((name) => keyOf("index", name, table)),
    ]),
  ]);

const describe = (key: Key): string => {
  const [kind = "", name] = [key.slice(0, key.indexOf(":")), key.slice(key.indexOf(":") + 1)];
  if (kind === "other") return name;
  return `${kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} ${name}`;
};
