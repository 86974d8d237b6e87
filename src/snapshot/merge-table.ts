import { isDeepStrictEqual } from "node:util";
import { constraintName } from "../compile/constraint-name.ts";
import { splitName } from "../database/identifier.ts";
import { mergeValue } from "./merge-value.ts";
import type { TablePart } from "./table-part.ts";
import type { SnapshotTable } from "./tables.ts";
import { membersOf, wholeTable } from "./whole-table.ts";
import type { EditPath, YamlEdit } from "./yaml-edit.ts";

/** Changes a table that is written so that it says `live`; `declared` is what it says, as Postgres understood it. */
export function mergeTable(edit: YamlEdit, name: string, declared: SnapshotTable, live: SnapshotTable): void {
  const path = ["tables", name];
  for (const part of declared.parts) {
    const other = live.parts.find((one) => one.name === part.name && one.kind === part.kind);
    if (other !== undefined && isSame(part, other)) continue;
    if (other !== undefined && isWrittenAlike(edit, path, part, other))
      mergeValue(edit, [...path, ...other.at], part.value, other.value);
    else for (const place of placesOf(edit, path, part)) edit.remove(place);
  }
  mergeColumns(edit, path, declared, live);
  for (const part of live.parts) {
    const other = declared.parts.find((one) => one.name === part.name && one.kind === part.kind);
    if ((other !== undefined && isSame(part, other)) || isThere(edit, path, part)) continue;
    const [place, member] = part.at;
    if (place === "columns")
      for (const [key, value] of Object.entries(membersOf(part.value)))
        edit.set([...path, place, member, key], value);
    else if (place === "checks") edit.set([...path, place, member], part.value);
    else if (place === "primaryKey") edit.set([...path, place], part.value);
    else edit.append([...path, place], part.value);
  }
  const rest = { from: membersOf(declared.rest), to: membersOf(live.rest) };
  for (const key of new Set([...Object.keys(rest.from), ...Object.keys(rest.to)]))
    mergeValue(edit, [...path, key], rest.from[key], rest.to[key]);
}

const isSame = (a: TablePart, b: TablePart): boolean =>
  isDeepStrictEqual(a.at, b.at) && isDeepStrictEqual(a.value, b.value);

/** Whether both are in one mapping, where the document has the first too. */
const isWrittenAlike = (edit: YamlEdit, path: EditPath, from: TablePart, to: TablePart): boolean =>
  (from.at[0] === "columns" || from.at[0] === "checks") &&
  isDeepStrictEqual(from.at, to.at) &&
  Object.keys(membersOf(from.value)).every((key) => edit.get([...path, ...from.at, key]) !== undefined) &&
  edit.get([...path, ...from.at]) !== undefined;

/** Whether a part is written already, as an earlier snapshot left it where the two spellings of it differ for ever. */
function isThere(edit: YamlEdit, path: EditPath, { at, value }: TablePart): boolean {
  const written = edit.get([...path, ...at]);
  if (at[0] === "columns" || at[0] === "checks" || at[0] === "primaryKey") return false;
  return Array.isArray(written) && written.some((item) => isDeepStrictEqual(item, value));
}

function mergeColumns(edit: YamlEdit, path: EditPath, declared: SnapshotTable, live: SnapshotTable): void {
  const whole = membersOf(membersOf(wholeTable({ ...live, rest: {} })).columns ?? {});
  let after: string | undefined;
  for (const [name, column] of Object.entries(live.columns)) {
    const at = [...path, "columns", name];
    if (edit.get(at) === undefined) edit.set(at, whole[name] ?? {}, { after });
    else mergeValue(edit, at, membersOf(declared.columns[name] ?? {}), membersOf(column));
    after = name;
  }
  for (const name of Object.keys(declared.columns))
    if (live.columns[name] === undefined) edit.remove([...path, "columns", name]);
}

const labels = {
  unique: "key",
  check: "check",
  foreignKey: "fkey",
  index: "idx",
  exclusion: "excl",
  primaryKey: "pkey",
};

/** Where a part is written, in whichever form. */
function placesOf(edit: YamlEdit, path: EditPath, part: TablePart): EditPath[] {
  const { kind, name, columns } = part;
  const table = splitName(String(path.at(-1))).local;
  const usual = (named: string): boolean => constraintName(table, named, labels[kind]) === name;
  const has = (at: EditPath): boolean => edit.get(at) !== undefined;
  const beside = (column: string, ...keys: string[]): EditPath[] =>
    keys.map((key) => [...path, "columns", column, key]).filter(has);
  const items = (list: string): EditPath[] => {
    const written = edit.get([...path, list]);
    if (!Array.isArray(written)) return [];
    const index = written.findIndex((item) => isItem(item, part, usual(columns.join("_"))));
    return index < 0 ? [] : [[...path, list, index]];
  };
  const [only = ""] = columns;
  switch (kind) {
    case "primaryKey":
      return [
        [...path, "primaryKey"],
        ...columns.map((column) => [...path, "columns", column, "primaryKey"]),
      ].filter(has);
    case "unique": {
      const listed = items("unique");
      return listed.length > 0 || columns.length > 1 ? listed : beside(only, "unique");
    }
    case "check": {
      const named = [[...path, "checks", name]].filter(has);
      const column = edit.keys([...path, "columns"]).find((one) => usual(one));
      return named.length > 0 ? named : column === undefined ? [] : beside(column, "check");
    }
    case "foreignKey": {
      const listed = items("foreignKeys");
      return listed.length > 0 || columns.length > 1
        ? listed
        : beside(only, "references", "onDelete", "onUpdate");
    }
    case "exclusion":
      return items("exclusions");
    case "index":
      return items("indexes");
  }
}

function isItem(item: unknown, { name, columns }: TablePart, isUsual: boolean): boolean {
  if (Array.isArray(item)) return isUsual && isDeepStrictEqual(item, columns);
  if (typeof item !== "object" || item === null) return false;
  if ("name" in item) return item.name === name;
  const named: unknown = "columns" in item ? item.columns : [];
  return (
    Array.isArray(named) &&
    isDeepStrictEqual(
      named.flatMap((one) =>
        typeof one === "string"
          ? one
          : typeof one === "object" && one !== null && "column" in one
            ? one.column
            : [],
      ),
      columns,
    )
  );
}
