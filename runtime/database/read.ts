import type { SqlStatement } from "./database.ts";

/**
 * Whether a statement only reads and waits for nobody's locks, so that others may stand behind it on its session. A
 * wrong guess costs time, never correctness: each statement is a transaction of its own.
 */
export const isPlainRead = (text: string): boolean => begins.test(text) && !writesOrLocks.test(text);

const begins = /^\s*(?:select|with|values|table)\b/i;
const writesOrLocks = /\b(?:insert|update|delete|merge|share)\b/i;

/**
 * Whether a plain read may have written all the same, by a function: what stands before a parenthesis is neither a word of
 * SQL nor one of the functions of Postgres that reads mostly call. A wrong guess costs a failed call its invitation to be
 * sent again.
 */
export function mayCallWriter(statement: SqlStatement): boolean {
  const known = writers.get(statement);
  if (known !== undefined) return known;
  const found = call.test(statement.text);
  writers.set(statement, found);
  return found;
}

/** A statement of logic is one object for all of its calls. */
const writers = new WeakMap<SqlStatement, boolean>();

const harmless = [
  "all and any array as case cast else exists extract filter from in lateral not on or over row select some then using",
  "values when where avg array_agg bool_and bool_or count json_agg jsonb_agg max min string_agg sum abs coalesce",
  "date_trunc greatest json_build_object jsonb_build_object least left length lower now nullif numeric round row_number",
  "to_char trim unnest upper",
].join(" ");
const call = new RegExp(
  `(?<![\\w"])(?!(?:${harmless.replaceAll(" ", "|")})\\s*\\()(?:\\w+|"[^"]+")\\s*\\(`,
  "i",
);
