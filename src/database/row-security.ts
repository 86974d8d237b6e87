import { quoteName } from "./identifier.ts";

/** Statements that have a new table guard its rows (PostgreSQL documentation, 5.9). */
export const enableRowSecurity = (table: string, rowSecurity: "enabled" | "forced" | undefined): string[] =>
  rowSecurity === undefined
    ? []
    : [
        `alter table ${quoteName(table)} enable row level security${
          rowSecurity === "forced" ? ", force row level security" : ""
        }`,
      ];
