/** An SQL identifier, always quoted (PostgreSQL documentation, 4.1.1). */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A list of quoted identifiers: `"a", "b"`. */
export const quoteList = (names: readonly string[]): string => names.map(quoteIdentifier).join(", ");

/** An SQL string constant. Backslashes are literal, as in standard SQL. */
export const quoteLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`;
