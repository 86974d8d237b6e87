import { quoteLiteral, quoteName, splitName } from "../identifier.ts";
import { type Key, keyOf } from "../model/catalog-object.ts";
import type { Column, Model } from "../model/model.ts";
import type { Blocked, Change, Difference } from "./change.ts";
import { inverted } from "./dependents.ts";
import { remakeColumn } from "./remake-columns.ts";
import type { PendingTransition } from "./transition.ts";

/**
 * Takes values from enums: Postgres cannot, so another enum is made under the name, and all that is of the old one
 * becomes of the new. To be called when the columns are compared and before the keys are.
 */
export function removeEnumValues(
  live: Model,
  desired: Model,
  pending: PendingTransition,
  difference: Difference,
): void {
  for (const [name, values] of desired.enums) {
    const gone = (live.enums.get(name) ?? []).filter((value) => !values.includes(value));
    if (gone.length === 0 || gone.some((value) => pending.fateOfValue(name, value) !== "removed")) continue;
    const blocked = obstacles(name, gone, live, desired, pending);
    if (blocked.length > 0) difference.blocked.push(...blocked);
    else remakeEnum(name, gone, live, desired, difference);
  }
}

function remakeEnum(
  name: string,
  gone: readonly string[],
  live: Model,
  desired: Model,
  difference: Difference,
): void {
  const { changes } = difference;
  const aside = nameAside(name, live);
  changes.push(
    { kind: "setEnumAside", name, aside },
    { kind: "createEnum", name, values: desired.enums.get(name) ?? [] },
    { kind: "dropEnum", name: aside },
  );
  for (const { table, column, from } of columnsOf(name, live)) {
    const to = desired.tables.get(table)?.columns.get(column);
    if (to === undefined || enumOf(to) !== name) continue;
    if (from.generated !== undefined) remakeColumn(table, column, from, to, live.version, difference);
    else
      changes.push({
        kind: "changeType",
        table,
        column,
        from: { ...from, type: from.type.replace(/^[^[]*/, quoteName(aside)) },
        to,
        without: { enum: name, values: gone },
      });
  }
}

const enumOf = ({ type }: Column): string => type.replace(/(\[\])+$/, "").replaceAll('"', "");

type Found = { table: string; column: string; from: Column };

const columnsOf = (name: string, { tables }: Model): Found[] =>
  [...tables].flatMap(([table, { columns }]) =>
    [...columns].flatMap(([column, from]) => (enumOf(from) === name ? [{ table, column, from }] : [])),
  );

/** A name that nothing has. */
function nameAside(name: string, { enums, tables, objects }: Model): string {
  const { local } = splitName(name);
  const prefix = name.slice(0, name.length - local.length);
  for (let suffix = "__old"; ; suffix += "_") {
    const aside = `${prefix}${local.slice(0, 63 - suffix.length)}${suffix}`;
    const keys = ["domain", "composite", "view"].map((kind) => keyOf(kind, aside));
    if (!enums.has(aside) && !tables.has(aside) && !keys.some((key) => objects.has(key))) return aside;
  }
}

/** What cannot be moved to another enum. */
function obstacles(
  name: string,
  gone: readonly string[],
  live: Model,
  desired: Model,
  pending: PendingTransition,
): Blocked[] {
  const block = (what: readonly string[]): Blocked[] =>
    what.length === 0
      ? []
      : [
          {
            code: "still_used",
            object: name,
            message: `To lose ${gone.map(quoteLiteral).join(", ")}, the enum ${name} is to be made anew, and other things rest on it: ${what.toSorted().join(", ")}.`,
            wayOut:
              "Keep the value. Or declare another enum without it, and let the columns become of that one after another.",
          },
        ];
  const ofPartitions = columnsOf(name, live).flatMap(({ table, column }) => {
    const isKey = live.tables.get(table)?.partitionColumns?.includes(column) ?? false;
    return isKey ? [`the partition key of ${table}`] : [];
  });
  const undeclared = columnsOf(name, live).flatMap(({ table, column }) => {
    const isDeclared = desired.tables.get(table)?.columns.has(column) === true;
    const goes =
      pending.fateOf("table", table) === "removed" || pending.fateOfColumn(table, column) === "removed";
    return isDeclared || goes ? [] : [`column ${table}.${column}`];
  });
  const others = [...(inverted(live.dependencies).get(keyOf("enum", name)) ?? [])].flatMap((key) =>
    /^(?:domain|composite|other):/.test(key) ? [key.replace(/^other:/, "").replace(":", " ")] : [],
  );
  return block([...ofPartitions, ...undeclared, ...others]);
}

/** Drops what has an enum in an expression, or a column that becomes of another enum, and makes it again after. */
export function remakeAroundEnums(live: Model, desired: Model, { changes, blocked }: Difference): void {
  const remade = changes.flatMap((change): Key[] => {
    if (change.kind === "setEnumAside") return [keyOf("enum", change.name)];
    return change.kind === "changeType" && change.without !== undefined
      ? [keyOf("column", change.column, change.table)]
      : [];
  });
  if (remade.length === 0) return;
  const restsOn = (key: Key): boolean => remade.some((on) => live.dependencies.get(key)?.has(on) ?? false);
  for (const [table, { constraints, indexes, columns }] of live.tables) {
    const wanted = desired.tables.get(table);
    if (wanted === undefined) continue;
    for (const [name, constraint] of constraints) {
      const isExpression = constraint.kind === "check" || constraint.kind === "exclusion";
      if (!isExpression || !restsOn(keyOf("constraint", name, table))) continue;
      if (hasDrop(changes, "dropConstraint", table, name)) continue;
      const to = takeRename(changes, "renameConstraint", table, name);
      const next = wanted.constraints.get(to);
      if (next === undefined) blocked.push(unknownUser("constraint", table, name));
      else
        changes.push(
          { kind: "dropConstraint", table, name, constraint },
          { kind: "addConstraint", table, name: to, constraint: next },
        );
    }
    for (const [name, index] of indexes) {
      const isPlain =
        index.predicate === undefined &&
        index.keys.every((key) => columns.has(key.replace(/^"(.*)"$/, "$1")));
      if (isPlain || !restsOn(keyOf("index", name, table)) || hasDrop(changes, "dropIndex", table, name))
        continue;
      const to = takeRename(changes, "renameIndex", table, name);
      const next = wanted.indexes.get(to);
      if (next === undefined) blocked.push(unknownUser("index", table, name));
      else
        changes.push(
          { kind: "dropIndex", table, name, index },
          { kind: "createIndex", table, name: to, index: next },
        );
    }
  }
}

const hasDrop = (
  changes: readonly Change[],
  kind: "dropConstraint" | "dropIndex",
  table: string,
  name: string,
): boolean =>
  changes.some((change) => change.kind === kind && change.table === table && change.name === name);

/** The name that something is to have; what is made again is not renamed. */
function takeRename(
  changes: Change[],
  kind: "renameConstraint" | "renameIndex",
  table: string,
  name: string,
): string {
  const rename = changes.find(
    (change) => change.kind === kind && change.table === table && change.from === name,
  );
  if (rename === undefined || (rename.kind !== "renameConstraint" && rename.kind !== "renameIndex"))
    return name;
  changes.splice(changes.indexOf(rename), 1);
  return rename.to;
}

const unknownUser = (word: string, table: string, name: string): Blocked => ({
  code: "still_used",
  object: `${table}.${name}`,
  message: `The ${word} ${name} of ${table} is not declared and rests on an enum that is to be made anew.`,
  wayOut: "Declare it, or drop it yourself first.",
});
