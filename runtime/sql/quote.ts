/** A name of the manifest as SQL: `"owner_id"`. */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * A text of the manifest as SQL, whatever `standard_conforming_strings` says. A value of a request is bound instead.
 *
 * @example quoteLiteral("it's") // 'it''s'
 */
export const quoteLiteral = (text: string): string => {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return quoted.includes("\\") ? ` E${quoted.replaceAll("\\", "\\\\")}` : quoted;
};
