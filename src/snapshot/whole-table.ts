import type { Value } from "./table-part.ts";
import type { SnapshotTable } from "./tables.ts";

const columnKeys = [
  ...["renamedFrom", "type", "primaryKey", "nullable", "default", "identity", "generated", "unique", "check"],
  ...["references", "onDelete", "onUpdate", "collation", "storage", "compression", "statistics", "comment"],
];

const tableKeys = [
  ...["comment", "columns", "primaryKey", "unique", "checks", "foreignKeys", "exclusions", "indexes"],
  ...["triggers", "rowSecurity", "partitionBy", "partitions", "storage", "unlogged"],
];

type Members = Record<string, Value>;

/** A table as one value, with every key, check and index in its place. */
export function wholeTable({ columns, parts, rest }: SnapshotTable): Value {
  const beside = new Map<string, Members>();
  const table: Members = {};
  for (const { at, value } of parts) {
    const [place, name] = at;
    if (place === "columns") beside.set(name, { ...beside.get(name), ...membersOf(value) });
    else if (place === "checks") table[place] = { ...membersOf(table[place] ?? {}), [name]: value };
    else if (place === "primaryKey") table[place] = value;
    else table[place] = [...listOf(table[place]), value];
  }
  const whole: Members = {
    ...membersOf(rest),
    ...table,
    columns: Object.fromEntries(
      Object.entries(columns).map(([name, column]) => [
        name,
        inOrder({ ...membersOf(column), ...beside.get(name) }, columnKeys),
      ]),
    ),
  };
  return inOrder(whole, tableKeys);
}

const inOrder = (members: Members, keys: readonly string[]): Members =>
  Object.fromEntries(
    keys.flatMap((key) => {
      const value = members[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );

/** The members of a mapping that are there. */
export const membersOf = (value: Value): Members =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, member]])),
      )
    : {};

const listOf = (value: Value | undefined): readonly Value[] => (Array.isArray(value) ? value : []);
