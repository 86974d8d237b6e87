import { defaultSchema } from "../../schema/names.ts";

/** An SQL identifier, always quoted (PostgreSQL documentation, 4.1.1). */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The name of an object of a schema, `audit.events` or `tasks`, each part quoted. */
export const quoteName = (name: string): string => name.split(".").map(quoteIdentifier).join(".");

/** The schema that a name says, and the rest of it. */
export function splitName(name: string): { schema: string; local: string } {
  const dot = name.indexOf(".");
  return dot < 0
    ? { schema: defaultSchema, local: name }
    : { schema: name.slice(0, dot), local: name.slice(dot + 1) };
}

/** Something that is in the schema of a table, such as its index. */
export const quoteBeside = (table: string, local: string): string => {
  const { schema } = splitName(table);
  return schema === defaultSchema
    ? quoteIdentifier(local)
    : `${quoteIdentifier(schema)}.${quoteIdentifier(local)}`;
};

/** A list of quoted identifiers: `"a", "b"`. */
export const quoteList = (names: readonly string[]): string => names.map(quoteIdentifier).join(", ");

/** An SQL string constant. Backslashes are literal, as in standard SQL. */
export const quoteLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`;
