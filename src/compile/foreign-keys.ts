import type { ReferentialAction } from "../../schema/columns.ts";
import type { DeclaredForeignKey } from "../../schema/declared.ts";
import type { Path } from "../project/project.ts";
import type { Table } from "./catalog.ts";
import { keyOf } from "./key-columns.ts";

/** A foreign key as a table declares it, beside a column or beside the columns. `path` leads to where. */
export type DeclaredReference = {
  path: Path;
  name?: string;
  columns: readonly string[];
  table: string;
  references: readonly string[];
  onDelete: ReferentialAction;
  onUpdate: ReferentialAction;
  renamedFrom?: string;
} & Pick<DeclaredForeignKey, "setColumns" | "match" | "deferrable">;

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
  const listed = (declaration.foreignKeys ?? []).map((key, index) => {
    const { name, columns, references, onDelete, onUpdate, setColumns, match, deferrable, renamedFrom } = key;
    return {
      path: ["foreignKeys", index],
      ...(name === undefined ? {} : { name }),
      ...(renamedFrom === undefined ? {} : { renamedFrom }),
      columns,
      table: references.table,
      references: references.columns,
      ...actions(onDelete, onUpdate),
      ...(setColumns === undefined ? {} : { setColumns }),
      ...(match === "full" ? { match } : {}),
      ...(deferrable === undefined ? {} : { deferrable }),
    };
  });
  return [...beside, ...listed];
}

const actions = (onDelete?: ReferentialAction, onUpdate?: ReferentialAction) => ({
  onDelete: onDelete ?? "no action",
  onUpdate: onUpdate ?? "no action",
});

/**
 * The lists of columns that no two rows of a table share, at no time: its primary key, its uniques, its whole unique
 * indexes. What may be checked later is none that a foreign key can lead to.
 */
export function keysOf(table: Table): (readonly string[])[] {
  const { declaration } = table;
  const columns = Object.entries(declaration.columns);
  const primary = columns.filter(([, { primaryKey }]) => primaryKey === true).map(([name]) => name);
  const indexes = (declaration.indexes ?? []).filter(
    ({ unique, where }) => unique === true && where === undefined,
  );
  return [
    ...(primary.length > 0 ? [primary] : []),
    ...columns.filter(([, { unique }]) => unique === true).map(([name]) => [name]),
    ...listedKeys(table).flatMap((key) => (key.deferrable === undefined ? [key.columns] : [])),
    ...indexes.flatMap((index) => {
      const names = index.columns.map((part) => (typeof part === "string" ? part : part.column));
      return names.includes(undefined) ? [] : [names.filter((name) => name !== undefined)];
    }),
  ];
}

/** The keys of a table that may be checked later than with each statement. */
export const laterKeysOf = (table: Table): (readonly string[])[] =>
  listedKeys(table).flatMap((key) => (key.deferrable === undefined ? [] : [key.columns]));

const listedKeys = ({ declaration: { primaryKey, unique = [] } }: Table) =>
  [...(primaryKey === undefined ? [] : [primaryKey]), ...unique].map(keyOf);
