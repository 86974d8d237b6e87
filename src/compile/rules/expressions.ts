import type { Diagnostic, Location } from "../../core/diagnostic.ts";
import { problem } from "../../project/problem.ts";
import type { Path } from "../../project/project.ts";
import type { Table } from "../catalog.ts";
import type { Context } from "../context.ts";
import { checkOf } from "../key-columns.ts";
import { lexSql } from "../sql/lexer.ts";

/** Where SQL is written into a statement of ours, it is one expression and cannot end that statement. */
export const checkExpressions = ({ catalog, project: { permissions } }: Context): Diagnostic[] => [
  ...[...catalog.values()].flatMap(({ tables }) => [...tables.values()].flatMap(checkTable)),
  ...Object.entries(permissions?.value.tables ?? {}).flatMap(([path, rules]) =>
    (["insert", "update"] as const).flatMap((operation) =>
      Object.entries(rules[operation] ?? {}).flatMap(([role, rule]) =>
        Object.entries(rule === true ? {} : (rule.set ?? {})).flatMap(([column, value]) =>
          typeof value === "object" && value !== null && permissions !== undefined
            ? checkExpression(
                value.sql,
                permissions.at(["tables", path, operation, role, "set", column, "sql"]),
              )
            : [],
        ),
      ),
    ),
  ),
];

const checkTable = ({ declaration, at }: Table): Diagnostic[] => [
  ...Object.entries(declaration.columns).flatMap(([name, { default: value, check, generated, backfill }]) => {
    const computed = typeof generated === "object" ? generated.expression : generated;
    const sql = typeof value === "object" && "sql" in value ? value.sql : value;
    return [
      ...(typeof sql === "string" ? checkExpression(sql, at(["columns", name, "default"])) : []),
      ...(check === undefined ? [] : checkExpression(check, at(["columns", name, "check"]))),
      ...(computed === undefined ? [] : checkExpression(computed, at(["columns", name, "generated"]))),
      ...(backfill === undefined ? [] : checkExpression(backfill, at(["columns", name, "backfill"]))),
    ];
  }),
  ...Object.entries(declaration.checks ?? {}).flatMap(([name, check]) =>
    checkExpression(checkOf(check).expression, at(["checks", name])),
  ),
  ...(declaration.indexes ?? []).flatMap((index, position) =>
    checkParts({ ...index, parts: index.columns }, ["indexes", position], "columns", at),
  ),
  ...(declaration.exclusions ?? []).flatMap((exclusion, position) =>
    checkParts({ ...exclusion, parts: exclusion.elements }, ["exclusions", position], "elements", at),
  ),
];

const checkParts = (
  {
    where,
    parts,
  }: { where?: string | undefined; parts: readonly (string | { expression?: string | undefined })[] },
  path: Path,
  list: "columns" | "elements",
  at: Table["at"],
): Diagnostic[] => [
  ...(where === undefined ? [] : checkExpression(where, at([...path, "where"]))),
  ...parts.flatMap((part, position) =>
    typeof part === "string" || part.expression === undefined
      ? []
      : checkExpression(part.expression, at([...path, list, position, "expression"])),
  ),
];

/** Whether a text is one expression without parameters, which cannot end the statement that it is written into. */
export function checkExpression(sql: string, at: Location): Diagnostic[] {
  const { tokens, unterminated } = lexSql(sql);
  if (unterminated !== undefined)
    return [problem(at, "invalid_sql", `This ${unterminated.what} has no end.`)];
  let depth = 0;
  for (const { kind, start } of tokens) {
    const character = kind === "symbol" ? sql.charAt(start) : "";
    if (character === "(" || character === "[") depth += 1;
    if (character === ")" || character === "]") depth -= 1;
    if (depth < 0 || kind === "semicolon" || (depth === 0 && character === ","))
      return [
        problem(
          at,
          "invalid_expression",
          "This is more than one SQL expression.",
          "Put text in quotes: default: \"'a, b'\".",
        ),
      ];
    if (kind === "parameter" || kind === "caller" || kind === "positional")
      return [
        problem(
          at,
          "invalid_expression",
          "An expression here has no parameters.",
          "They are known only in logic.",
        ),
      ];
  }
  return depth === 0 ? [] : [problem(at, "invalid_sql", "A parenthesis is not closed.", "Close it.")];
}
