import { type IndexDeclaration, isOnePart } from "../../../schema/indexes.ts";
import type { Diagnostic } from "../../core/diagnostic.ts";
import { suggest } from "../../core/suggest.ts";
import { problem } from "../../project/problem.ts";
import type { Path } from "../../project/project.ts";
import type { Table } from "../catalog.ts";
import type { Context } from "../context.ts";
import { keyColumns, keyOf } from "../key-columns.ts";

/** Primary keys, uniques and indexes name columns that are there, and there is at most one primary key. */
export const checkKeys = ({ catalog }: Context): Diagnostic[] =>
  [...catalog.values()].flatMap(({ tables }) =>
    [...tables.values()].flatMap((table) => [...primaryKeys(table), ...namedColumns(table)]),
  );

function primaryKeys(table: Table): Diagnostic[] {
  const marked = Object.entries(table.declaration.columns).flatMap(([name, { primaryKey }]) =>
    primaryKey === true ? [name] : [],
  );
  const [first, second] = marked;
  if (table.declaration.primaryKey !== undefined && first !== undefined)
    return [
      problem(
        table.at(["columns", first, "primaryKey"]),
        "duplicate_primary_key",
        `\`${table.name}\` has two primary keys.`,
        "Keep the list beside columns.",
      ),
    ];
  if (second === undefined) return [];
  const hint = `For a key of both write primaryKey: [${marked.join(", ")}] beside columns.`;
  return [
    problem(
      table.at(["columns", second, "primaryKey"]),
      "duplicate_primary_key",
      `\`${table.name}\` has two primary keys.`,
      hint,
    ),
  ];
}

function namedColumns(table: Table): Diagnostic[] {
  const { primaryKey, unique = [], indexes = [], foreignKeys = [], exclusions = [] } = table.declaration;
  const keys = [
    ...(primaryKey === undefined ? [] : [{ path: ["primaryKey"], key: primaryKey }]),
    ...unique.map((key, index) => ({ path: ["unique", index], key })),
  ];
  return [
    ...keys.flatMap(({ path, key }) => [
      ...listedOnce(table, keyColumns(key), "columns" in key ? [...path, "columns"] : path),
      ...included(table, keyOf(key), path),
    ]),
    ...foreignKeys.flatMap((key, index) => foreignKeyColumns(table, key, ["foreignKeys", index])),
    ...exclusions.flatMap((exclusion, index) => [
      ...exclusion.elements.flatMap(({ column }, position) =>
        column === undefined
          ? []
          : unknownColumn(table, column, ["exclusions", index, "elements", position, "column"]),
      ),
      ...included(table, exclusion, ["exclusions", index]),
    ]),
    ...indexes.flatMap((index, position) => indexColumns(table, index, ["indexes", position])),
  ];
}

const listedOnce = (table: Table, columns: readonly string[], path: Path): Diagnostic[] =>
  columns.flatMap((column, index) => [
    ...unknownColumn(table, column, [...path, index]),
    ...(columns.indexOf(column) === index
      ? []
      : [
          problem(
            table.at([...path, index]),
            "duplicate_column",
            `\`${column}\` is there twice.`,
            "Keep one of them.",
          ),
        ]),
  ]);

const included = (
  table: Table,
  { include = [] }: { include?: readonly string[] | undefined },
  path: Path,
): Diagnostic[] =>
  include.flatMap((column, index) => unknownColumn(table, column, [...path, "include", index]));

type ForeignKey = NonNullable<Table["declaration"]["foreignKeys"]>[number];

function foreignKeyColumns(table: Table, key: ForeignKey, path: Path): Diagnostic[] {
  const { columns, setColumns, onDelete } = key;
  const found = listedOnce(table, columns, [...path, "columns"]);
  if (setColumns === undefined) return found;
  const at = table.at([...path, "setColumns"]);
  if (onDelete !== "set null" && onDelete !== "set default")
    return [
      ...found,
      problem(
        at,
        "invalid_set_columns",
        "setColumns says what `onDelete: set null` or `set default` sets, and this is neither.",
        "Leave setColumns out, or let onDelete be one of the two.",
      ),
    ];
  const strange = setColumns.filter((column) => !columns.includes(column));
  return [
    ...found,
    ...strange.map((column) =>
      problem(
        table.at([...path, "setColumns", setColumns.indexOf(column)]),
        "invalid_set_columns",
        `\`${column}\` is not one of the foreign key's columns.`,
        `There are ${columns.join(", ")}.`,
      ),
    ),
  ];
}

function indexColumns(table: Table, index: IndexDeclaration, path: Path): Diagnostic[] {
  const parts = index.columns.flatMap((part, position) => {
    const own = [...path, "columns", position];
    if (typeof part === "string") return unknownColumn(table, part, own);
    if (!isOnePart(part))
      return [
        problem(
          table.at(own),
          "invalid_index",
          "A part of an index is either a column or an expression.",
          "Keep one of the two.",
        ),
      ];
    return part.column === undefined ? [] : unknownColumn(table, part.column, [...own, "column"]);
  });
  const nulls =
    index.nullsNotDistinct === true && index.unique !== true
      ? [
          problem(
            table.at([...path, "nullsNotDistinct"]),
            "invalid_index",
            "Whether nulls are equal matters to unique indexes alone.",
            "Add unique: true, or leave nullsNotDistinct out.",
          ),
        ]
      : [];
  return [...parts, ...included(table, index, path), ...nulls];
}

/** A problem where the table has no such column. */
export function unknownColumn(table: Table, column: string, path: Path): Diagnostic[] {
  if (table.columns.has(column)) return [];
  const hint = suggest(column, table.columns.keys()) ?? `There are ${[...table.columns.keys()].join(", ")}.`;
  return [problem(table.at(path), "unknown_column", `\`${table.name}\` has no column \`${column}\`.`, hint)];
}
