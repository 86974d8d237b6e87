import type { DeclaredRename } from "../../../schema/declared.ts";
import { quoteIdentifier, quoteLiteral, quoteName, splitName } from "../identifier.ts";

/** Columns and values are found by the new name of what they are in. */
export const innermostFirst = (a: DeclaredRename, b: DeclaredRename): number => depth(b) - depth(a);
const depth = ({ kind }: DeclaredRename): number => (kind === "column" || kind === "enumValue" ? 1 : 0);

/** SQL that gives what was renamed its old name. */
export function undo(rename: DeclaredRename): string {
  const { from, to, kind } = rename;
  switch (kind) {
    case "table":
      return `alter table ${quoteName(to)} rename to ${quoteIdentifier(splitName(from).local)}`;
    case "enum":
      return `alter type ${quoteName(to)} rename to ${quoteIdentifier(splitName(from).local)}`;
    case "column":
      return `alter table ${quoteName(rename.table)} rename column ${quoteIdentifier(to)} to ${quoteIdentifier(from)}`;
    case "enumValue":
      return `alter type ${quoteName(rename.enum)} rename value ${quoteLiteral(to)} to ${quoteLiteral(from)}`;
  }
}
