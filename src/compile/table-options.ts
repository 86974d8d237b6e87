import type { DeclaredTable } from "../../schema/declared.ts";
import type { TableDeclaration } from "../../schema/tables.ts";

/** The storage parameters of a table, by name, and whether it is logged. */
export const tableOptions = ({
  storage = {},
  unlogged,
}: Pick<TableDeclaration, "storage" | "unlogged">): Pick<DeclaredTable, "storage" | "unlogged"> => ({
  ...(Object.keys(storage).length === 0 ? {} : { storage: storageText(storage) }),
  ...(unlogged === true ? { unlogged } : {}),
});

/** Storage parameters as Postgres keeps them: text. */
export const storageText = (
  storage: Readonly<Record<string, string | number | boolean>>,
): Record<string, string> =>
  Object.fromEntries(Object.entries(storage).map(([name, value]) => [name, String(value)]));
