import type { ColumnDeclaration, IdentityDeclaration } from "../../schema/columns.ts";
import type { DeclaredColumn } from "../../schema/declared.ts";
import type { Location } from "../core/diagnostic.ts";
import { quoteLiteral } from "../database/identifier.ts";
import type { DeclaredObject } from "../database/shadow/render.ts";
import type { ConnectionCatalog, Table } from "./catalog.ts";
import { sequenceClauses } from "./sequence-clauses.ts";

type ColumnScope = {
  table: Table;
  catalog: ConnectionCatalog;
  note(object: DeclaredObject, at: Location, part?: "type" | "default"): void;
};

/** Normalises one column; `isKey`: it is in the primary key. Notes where it, its type and its expression stand. */
export function declareColumn(
  { table, catalog, note }: ColumnScope,
  name: string,
  column: ColumnDeclaration,
  isKey: boolean,
): DeclaredColumn {
  const object: DeclaredObject = { kind: "column", table: table.name, name };
  note(object, table.at(["columns", name], "key"));
  note(object, table.at(["columns", name, "type"]), "type");
  const { generated, collation, storage, compression, statistics } = column;
  // Of what contradicts each other, which the rules report, the first is made.
  const identity = generated === undefined ? column.identity : undefined;
  const isPlain = generated === undefined && identity === undefined;
  for (const [key, value] of Object.entries({ default: column.default, generated }))
    if (value !== undefined) note(object, table.at(["columns", name, key]), "default");
  const value = !isPlain || column.default === undefined ? undefined : defaultExpression(column, catalog);
  return {
    type: column.type,
    nullable: !isKey && identity === undefined && (column.nullable ?? true),
    ...(value === undefined ? {} : { default: value }),
    ...(identity === undefined ? {} : { identity: identityOf(identity) }),
    ...(generated === undefined ? {} : { generated: generatedOf(generated) }),
    ...(collation === undefined ? {} : { collation }),
    ...(storage === undefined ? {} : { storage }),
    ...(compression === undefined ? {} : { compression }),
    ...(statistics === undefined ? {} : { statistics }),
  };
}

function identityOf(identity: IdentityDeclaration): NonNullable<DeclaredColumn["identity"]> {
  if (typeof identity === "string") return { generated: identity };
  const options = sequenceClauses(identity).join(" ");
  return { generated: identity.generated, ...(options === "" ? {} : { options }) };
}

const generatedOf = (
  generated: NonNullable<ColumnDeclaration["generated"]>,
): NonNullable<DeclaredColumn["generated"]> =>
  typeof generated === "string"
    ? { expression: generated, kind: "stored" }
    : { expression: generated.expression, kind: generated.kind ?? "stored" };

/** A column's default as SQL. A word is a value of the column's enum; other text is an expression already. */
function defaultExpression(
  { type, default: value }: ColumnDeclaration,
  { enums }: ConnectionCatalog,
): string | undefined {
  if (typeof value === "string") {
    const values = enums.get(type)?.values;
    return values?.includes(value) ? quoteLiteral(value) : isBareWord(value) ? undefined : value;
  }
  if (typeof value !== "object") return String(value);
  if ("sql" in value) return value.sql;
  return typeof value.value === "string" ? quoteLiteral(value.value) : String(value.value);
}

const valueWords = new Set([
  ...["current_timestamp", "current_date", "current_time", "localtime", "localtimestamp", "current_user"],
  ...["session_user", "current_role", "current_catalog", "current_schema", "user", "null", "true", "false"],
]);

/** Whether a default is a lone word that SQL would read as the name of a column. */
export const isBareWord = (text: string): boolean =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && !valueWords.has(text.toLowerCase());
