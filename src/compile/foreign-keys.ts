import type { ReferentialAction } from "../../schema/columns.ts";
import type { Path } from "../project/project.ts";
import type { Table } from "./catalog.ts";
import { keyColumns } from "./key-columns.ts";

/** A foreign key as a table declares it, beside a column or beside the columns. `path` leads to where. */
export type DeclaredReference = {
  path: Path;
  name?: string;
  columns: readonly string[];
  table: string;
  references: readonly string[];
  onDelete: ReferentialAction;
  onUpdate: ReferentialAction;
};

/** The foreign keys of a table. */
export function referencesOf({ declaration }: Table): DeclaredReference[] {
  const beside = Object.entries(declaration.columns).flatMap(
    ([column, { references, onDelete, onUpdate }]) => {
      if (references === undefined) return [];
      const dot = references.lastIndexOf(".");
      const [table, target] = [references.slice(0, dot), references.slice(dot + 1)];
      const path = ["columns", column, "references"];
      return [{ path, columns: [column], table, references: [target], ...actions(onDelete, onUpdate) }];
    },
  );
  const listed = (declaration.foreignKeys ?? []).map(
    ({ name, columns, references, onDelete, onUpdate }, index) => ({
      path: ["foreignKeys", index],
      ...(name === undefined ? {} : { name }),
      columns,
      table: references.table,
      references: references.columns,
      ...actions(onDelete, onUpdate),
    }),
  );
  return [...beside, ...listed];
}

const actions = (onDelete?: ReferentialAction, onUpdate?: ReferentialAction) => ({
  onDelete: onDelete ?? "no action",
  onUpdate: onUpdate ?? "no action",
});

/** The lists of columns that no two rows of a table share: its primary key, its uniques, its whole unique indexes. */
export function keysOf({ declaration }: Table): (readonly string[])[] {
  const columns = Object.entries(declaration.columns);
  const primary = columns.filter(([, { primaryKey }]) => primaryKey === true).map(([name]) => name);
  const indexes = (declaration.indexes ?? []).filter(
    ({ unique, where }) => unique === true && where === undefined,
  );
  return [
    ...(primary.length > 0 ? [primary] : []),
    ...(declaration.primaryKey === undefined ? [] : [keyColumns(declaration.primaryKey)]),
    ...columns.filter(([, { unique }]) => unique === true).map(([name]) => [name]),
    ...(declaration.unique ?? []).map((unique) => (Array.isArray(unique) ? unique : unique.columns)),
    ...indexes.flatMap((index) => {
      const names = index.columns.map((part) => (typeof part === "string" ? part : part.column));
      return names.includes(undefined) ? [] : [names.filter((name) => name !== undefined)];
    }),
  ];
}
