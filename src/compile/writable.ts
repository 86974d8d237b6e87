import type { ColumnDeclaration } from "../../schema/columns.ts";
import type { Column } from "./catalog.ts";

/** Why Postgres lets nobody write a column; undefined where it does. */
export function readOnlyReason({ identity, generated }: ColumnDeclaration): string | undefined {
  if (generated !== undefined) return "is generated";
  const kind = typeof identity === "object" ? identity.generated : identity;
  return kind === "always" ? "is always an identity" : undefined;
}

/** Whether a row that is inserted or updated may give the column a value. */
export const isWritable = ({ declaration }: Column): boolean =>
  declaration === undefined || readOnlyReason(declaration) === undefined;
