import type { DeclaredKey } from "../../schema/declared.ts";
import type { TableDeclaration } from "../../schema/tables.ts";

/** The columns of a key, however it is written. */
export const keyColumns = (
  key: readonly string[] | { columns: readonly string[] } | undefined,
): readonly string[] => (key === undefined ? [] : "columns" in key ? key.columns : key);

/** All that a primary key or a unique constraint may say; its name where it is given one. */
export type KeyDeclaration = {
  columns: readonly string[];
  name?: string | undefined;
  renamedFrom?: string | undefined;
  include?: readonly string[] | undefined;
  nullsNotDistinct?: boolean | undefined;
  deferrable?: DeclaredKey["deferrable"];
};

/** A key as an object, however it is written. */
export const keyOf = (key: readonly string[] | KeyDeclaration): KeyDeclaration =>
  "columns" in key ? key : { columns: key };

type CheckDeclaration = NonNullable<TableDeclaration["checks"]>[string];

/** A check as an object, however it is written. */
export const checkOf = (check: CheckDeclaration): Exclude<CheckDeclaration, string> =>
  typeof check === "string" ? { expression: check } : check;
