/*
 * Where something stands in SQL that Postgres has spelled: it quotes with '...' and "..." alone, and doubles the
 * quote inside.
 */

/** The same text with every quoted character replaced by `x`, so that a search finds only what is SQL. */
export const masked = (sql: string): string =>
  sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, (quoted) => "x".repeat(quoted.length));

/** Where the parenthesis that opens at `start` of a masked text closes. */
export function closing(mask: string, start: number): number {
  let depth = 0;
  for (let index = start; index < mask.length; index += 1) {
    if (mask[index] === "(") depth += 1;
    if (mask[index] === ")") depth -= 1;
    if (depth === 0) return index;
  }
  return mask.length;
}

/** A query is a value only in its parentheses. */
const query = /^\(\s*(?:select|values|with)\b/i;

/** An expression without the parentheses around all of it. */
export function withoutParentheses(sql: string): string {
  const text = sql.trim();
  const mask = masked(text);
  const isAround = mask.startsWith("(") && closing(mask, 0) === mask.length - 1;
  return isAround && !query.test(mask) ? withoutParentheses(text.slice(1, -1)) : text;
}

/** The items of a list, without what is around them. */
export function listItems(sql: string): string[] {
  const mask = masked(sql);
  const items: string[] = [];
  let start = 0;
  for (let index = 0; index <= mask.length; index += 1) {
    if (mask[index] === "(" || mask[index] === "[")
      index = closing(mask.replace(/\[/g, "(").replace(/\]/g, ")"), index);
    if (index < mask.length && mask[index] !== ",") continue;
    items.push(sql.slice(start, index).trim());
    start = index + 1;
  }
  return items;
}

/** The text of an SQL string constant that is nothing else, whatever it is cast to; undefined where it is none. */
export function literalOf(sql: string): { text: string; cast: string | undefined } | undefined {
  const [, text, cast] = /^'((?:[^']|'')*)'(?:::(.+))?$/s.exec(sql) ?? [];
  return text === undefined ? undefined : { text: text.replaceAll("''", "'"), cast };
}

/** The name that an identifier of SQL stands for; undefined where it is something else. */
export const nameOf = (sql: string): string | undefined =>
  /^"(?:[^"]|"")*"$/.test(sql)
    ? sql.slice(1, -1).replaceAll('""', '"')
    : /^[a-z_][a-z0-9_$]*$/.test(sql)
      ? sql
      : undefined;
