import type { Diagnostic } from "../../core/diagnostic.ts";
import { suggest } from "../../core/suggest.ts";
import { problem } from "../../project/problem.ts";
import type { Path } from "../../project/project.ts";
import type { Table } from "../catalog.ts";
import type { Context } from "../context.ts";
import { keyColumns } from "../key-columns.ts";

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
  const { primaryKey, unique, indexes, foreignKeys } = table.declaration;
  const lists: { path: Path; columns: readonly string[] }[] = [
    { path: ["primaryKey"], columns: keyColumns(primaryKey) },
    ...(unique ?? []).map((one, index) =>
      Array.isArray(one)
        ? { path: ["unique", index], columns: one }
        : { path: ["unique", index, "columns"], columns: one.columns },
    ),
    ...(foreignKeys ?? []).map(({ columns }, index) => ({
      path: ["foreignKeys", index, "columns"],
      columns,
    })),
  ];
  return [
    ...lists.flatMap(({ path, columns }) =>
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
      ]),
    ),
    ...(indexes ?? []).flatMap(({ columns }, index) =>
      columns.flatMap((part, position) => {
        const path = ["indexes", index, "columns", position];
        if (typeof part === "string") return unknownColumn(table, part, path);
        if ((part.column === undefined) === (part.expression === undefined))
          return [
            problem(
              table.at(path),
              "invalid_index",
              "A part of an index is either a column or an expression.",
              "Keep one of the two.",
            ),
          ];
        return part.column === undefined ? [] : unknownColumn(table, part.column, [...path, "column"]);
      }),
    ),
  ];
}

/** A problem where the table has no such column. */
export function unknownColumn(table: Table, column: string, path: Path): Diagnostic[] {
  if (table.columns.has(column)) return [];
  const hint = suggest(column, table.columns.keys()) ?? `There are ${[...table.columns.keys()].join(", ")}.`;
  return [problem(table.at(path), "unknown_column", `\`${table.name}\` has no column \`${column}\`.`, hint)];
}
