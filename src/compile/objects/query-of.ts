import type { Diagnostic } from "../../core/diagnostic.ts";
import { problem } from "../../project/problem.ts";
import { lexSql } from "../sql/lexer.ts";
import { splitStatements } from "../sql/split.ts";
import type { SqlSource, WrittenSql } from "../sql/sql-source.ts";

const beginnings = ["select", "with", "values", "table"];

/**
 * A statement that ends with the one query that `source` must hold: `head` and the query. What is no query, or more
 * than one, is reported and undefined.
 */
export function queryAfter(
  head: string,
  source: SqlSource,
  diagnostics: Diagnostic[],
): (WrittenSql & { query: string }) | undefined {
  const { text } = source;
  const { tokens, unterminated } = lexSql(text);
  const [statement, second] = splitStatements(tokens);
  const first = statement?.find(({ start }) => text.charAt(start) !== "(");
  const wrong = (start: number, end: number, message: string, hint: string): undefined => {
    diagnostics.push(problem(source.at({ start, end }), "invalid_query", message, hint));
  };
  if (unterminated !== undefined)
    return wrong(
      unterminated.start,
      unterminated.start + 1,
      `This ${unterminated.what} has no end.`,
      "End it.",
    );
  if (statement === undefined || first === undefined)
    return wrong(0, 1, "There is no query here.", "Write one that begins with select.");
  const verb = text.slice(first.start, first.end);
  if (!beginnings.includes(verb.toLowerCase()))
    return wrong(
      first.start,
      first.end,
      `\`${verb.slice(0, 40)}\` cannot begin a query.`,
      "Write the query alone, beginning with select, with, values or table.",
    );
  const stray = second?.[0];
  if (stray !== undefined)
    return wrong(stray.start, stray.end, "A view has one query.", "Take out what stands after it.");
  const start = statement[0]?.start ?? 0;
  const query = text.slice(start, statement.at(-1)?.end);
  return { sql: `${head}${query}`, begin: head.length, source, start, query };
}
