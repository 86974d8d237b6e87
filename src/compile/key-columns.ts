import type { TableDeclaration } from "../../schema/tables.ts";

/** The columns of a key, however it is written. */
export const keyColumns = (
  key: readonly string[] | { columns: readonly string[] } | undefined,
): readonly string[] => (key === undefined ? [] : "columns" in key ? key.columns : key);

/** The condition of a check, however it is written. */
export const checkExpressionOf = (check: NonNullable<TableDeclaration["checks"]>[string]): string =>
  typeof check === "string" ? check : check.expression;
