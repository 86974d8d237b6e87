import type { Change } from "../diff/change.ts";
import { isOverload } from "../diff/overload.ts";
import { type Key, keyOf, keyOfObject } from "../model/catalog-object.ts";
import type { Constraint, Model, Table } from "../model/model.ts";
import { columnsOfDomain } from "./domain-columns.ts";
import { effectOf } from "./effect.ts";

/**
 * The part of a database that changes are about: what they touch, all that it rests on, and what rests on it. Foreign
 * keys that lead out of it are left out, so that a change of one table is not one of a thousand. `also` is a part of it
 * too.
 */
export function sliceOf(
  model: Model,
  changes: readonly Change[],
  desired: Model,
  also: readonly Key[] = [],
): Model {
  const within = new Set<Key>();
  const touched = changes.flatMap((change) => {
    const { makes, drops } = effectOf(change);
    const on = otherwiseNamed(change, model);
    const kept = keptBy(change);
    return [...makes, ...drops, ...on, ...kept, ...("table" in change ? [keyOf("table", change.table)] : [])];
  });
  const queue: Key[] = [...also, ...touched];
  const dependents = dependentsIn(model, desired);
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    if (within.has(key)) continue;
    within.add(key);
    queue.push(...(model.dependencies.get(key) ?? []), ...(desired.dependencies.get(key) ?? []));
    queue.push(...(dependents.get(key) ?? []));
    const [kind, name = ""] = split(key);
    if (kind === "column" || kind === "constraint" || kind === "index")
      queue.push(keyOf("table", ownerOf(name)));
    if (kind === "table") queue.push(...partsOf(model.tables.get(name), name));
    // A call may mean any function of the name.
    if (kind === "routine") queue.push(...[...model.objects.keys()].filter((one) => isOverload(one, key)));
    const part = model.objects.get(key)?.table;
    if (part !== undefined)
      queue.push(keyOf("table", part), keyOf("view", part), keyOf("materializedView", part));
  }
  return restricted(model, within);
}

/** What a change is about beside what it makes and drops. */
function otherwiseNamed(change: Change, model: Model): Key[] {
  switch (change.kind) {
    case "alterObject":
      return change.from.kind === "domain"
        ? columnsOfDomain(change.from.name, model).map(([table, column]) => keyOf("column", column, table))
        : [];
    case "setComment":
      return [change.on];
    case "giveSequence":
      return [keyOf("sequence", change.sequence)];
    case "releaseSequence":
      return [keyOf("sequence", change.name)];
    default:
      return [];
  }
}

/** What is neither made nor dropped must be there with all that it rests on, such as the table that it refers to. */
function keptBy(change: Change): Key[] {
  switch (change.kind) {
    case "renameConstraint":
      return [keyOf("constraint", change.from, change.table)];
    case "validateConstraint":
      return [keyOf("constraint", change.name, change.table)];
    case "renameEnum":
    case "renameEnumValue":
      return [keyOf("enum", change.name)];
    default:
      return [];
  }
}

/** A model without what is in another one and not in a part of it, and without what leads there. */
export function without(model: Model, { whole, part }: { whole: Model; part: Model }): Model {
  const outside = new Set([
    ...absent(whole.tables, part.tables).map((name) => keyOf("table", name)),
    ...absent(whole.enums, part.enums).map((name) => keyOf("enum", name)),
    ...absent(whole.objects, part.objects),
  ]);
  const within = [
    ...[...model.tables.keys()].map((name) => keyOf("table", name)),
    ...[...model.enums.keys()].map((name) => keyOf("enum", name)),
    ...model.objects.keys(),
  ].filter((key) => !outside.has(key));
  return restricted(model, new Set(within));
}

const absent = <T>(whole: ReadonlyMap<T, unknown>, part: ReadonlyMap<T, unknown>): T[] =>
  [...whole.keys()].filter((key) => !part.has(key));

function restricted(model: Model, within: ReadonlySet<Key>): Model {
  const tables = new Map([...model.tables].filter(([name]) => within.has(keyOf("table", name))));
  const inside = ([, { references }]: [string, Constraint]): boolean =>
    references === undefined || tables.has(references.table);
  return {
    version: model.version,
    ...(model.asWritten === undefined ? {} : { asWritten: model.asWritten }),
    enums: new Map([...model.enums].filter(([name]) => within.has(keyOf("enum", name)))),
    tables: new Map(
      [...tables].map(([name, table]) => [
        name,
        { ...table, constraints: new Map([...table.constraints].filter(inside)) },
      ]),
    ),
    objects: new Map([...model.objects].filter(([key]) => within.has(key))),
    comments: new Map(),
    commented: new Map(),
    dependencies: model.dependencies,
    others: [],
  };
}

const split = (key: Key): [string, string] => {
  const colon = key.indexOf(":");
  return [key.slice(0, colon), key.slice(colon + 1)];
};

/** `audit.log.at` is a part of `audit.log`. */
const ownerOf = (name: string): string => name.slice(0, name.lastIndexOf("."));

const partsOf = (table: Table | undefined, name: string): Key[] =>
  table === undefined
    ? []
    : [
        ...[...table.columns.keys()].map((column) => keyOf("column", column, name)),
        ...[...table.constraints]
          .filter(([, { kind }]) => kind !== "foreignKey")
          .map(([constraint]) => keyOf("constraint", constraint, name)),
        ...[...table.indexes.keys()].map((index) => keyOf("index", index, name)),
      ];

/** What rests on each key, but for tables: those are not drawn in by what they refer to. */
function dependentsIn(...models: readonly Model[]): ReadonlyMap<Key, Key[]> {
  const found = new Map<Key, Key[]>();
  for (const { dependencies, objects } of models)
    for (const [key, all] of dependencies) {
      const object = objects.get(key);
      if (object === undefined || object.kind === "partition" || object.kind === "sequence") continue;
      for (const on of all) {
        const known = found.get(on);
        if (known === undefined) found.set(on, [keyOfObject(object)]);
        else known.push(keyOfObject(object));
      }
    }
  return found;
}
