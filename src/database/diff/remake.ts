import { kindOf } from "../kinds/kinds.ts";
import { type CatalogObject, type Key, keyOf, keyOfObject } from "../model/catalog-object.ts";
import type { Model } from "../model/model.ts";
import type { Change, Difference } from "./change.ts";
import { inverted } from "./dependents.ts";
import { isSame, withGrants } from "./objects.ts";
import { isOverload } from "./overload.ts";
import { columnKeys, partsOf, remakePart } from "./remake-parts.ts";

/**
 * What rests on something that Postgres will not change or drop beneath it is dropped before, and made again after,
 * with the rights on it. What no declaration has cannot be, and blocks.
 */
export function remakeDependents(live: Model, desired: Model, difference: Difference): void {
  const dependents = inverted(live.dependencies);
  const parts = partsOf(live);
  const queue = difference.changes.flatMap((change) => disturbed(change, live));
  const seen = new Set<Key>();
  for (let key = queue.shift(); key !== undefined; key = queue.shift()) {
    if (seen.has(key)) continue;
    seen.add(key);
    for (const dependent of dependents.get(key) ?? []) {
      const part = parts.get(dependent);
      if (part !== undefined && key.startsWith("routine:"))
        queue.push(...remakePart(part, key, live, desired, difference));
      const object = live.objects.get(dependent);
      if (object === undefined || object.kind === "partition" || !mayBeRemade(object)) continue;
      if (remake(object, key, desired, difference)) queue.push(dependent);
    }
  }
}

const goesByItself = (change: Change, key: Key): boolean =>
  (change.kind === "dropObject" && keyOfObject(change.object) === key) ||
  (change.kind === "dropTable" &&
    (keyOf("table", change.table) === key || key.startsWith(keyOf("column", "", change.table)))) ||
  (change.kind === "dropColumn" && keyOf("column", change.column, change.table) === key);

/** Adds the drop and the creation of a dependent, unless they are there; false where nothing is to be done. */
function remake(object: CatalogObject, on: Key, desired: Model, { changes, blocked }: Difference): boolean {
  const key = keyOfObject(object);
  if (changes.some((change) => change.kind === "dropObject" && keyOfObject(change.object) === key))
    return true;
  const wanted = desired.objects.get(key);
  if (wanted === undefined) {
    const isOfUndeclared = object.table !== undefined && !desired.tables.has(object.table);
    // What goes by itself tells of all that rests on it.
    if (isOfUndeclared || changes.some((one) => goesByItself(one, on))) return false;
    const name = object.table === undefined ? object.name : `${object.table}.${object.name}`;
    blocked.push({
      code: "still_used",
      object: name,
      message: `The ${kindOf(object.kind).word} ${name} is not declared and rests on ${on.slice(on.indexOf(":") + 1)}, which is to change.`,
      wayOut: "Declare it, so that it is made again after the change, or drop it yourself first.",
    });
    return false;
  }
  const altered = changes.findIndex(
    (change) => change.kind === "alterObject" && keyOfObject(change.to) === key,
  );
  const needs = [...(desired.dependencies.get(key) ?? [])];
  // Where it is replaced in place and no longer rests on that, it only has to be first.
  if (altered >= 0 && !needs.some((one) => one === on || isOverload(one, on))) return false;
  if (altered >= 0) changes.splice(altered, 1);
  changes.push(
    { kind: "dropObject", object, restored: true },
    { kind: "createObject", object: withGrants(wanted, object), restored: isSame(object, wanted) },
  );
  return true;
}

/** The keys beneath which nothing may stay while the change is made. */
function disturbed(change: Change, live: Model): Key[] {
  switch (change.kind) {
    case "changeType":
      return [keyOf("column", change.column, change.table)];
    case "dropColumn":
    case "dropColumnToRemake":
      return [keyOf("column", change.column, change.table)];
    case "dropTable":
      return [keyOf("table", change.table), ...columnKeys(change.table, live)];
    case "dropObject":
      return [keyOfObject(change.object)];
    case "setEnumAside":
      return [keyOf("enum", change.name)];
    default:
      return [];
  }
}

/** These are never made anew: they hold other things, or a number. */
const mayBeRemade = ({ kind }: CatalogObject): boolean =>
  kind !== "sequence" && kind !== "schema" && kind !== "extension";
