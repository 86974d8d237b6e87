import type { SelectRule } from "../../schema/manifest.ts";
import type { Parameters } from "./parameters.ts";
import { type Cell, joined, printCondition, type Scope, shown } from "./print.ts";
import { columnOf, type RuleCondition, readRule } from "./rule.ts";
import type { Column, Table, Tables } from "./table.ts";

/** Rows that one of several rules covers: those that meet one of the conditions, or all. */
export type Rows = readonly RuleCondition[] | "all";

/** A select rule with its names resolved. */
export type ReadRule = { readonly columns: readonly Column[]; readonly where: RuleCondition | undefined };

/** A column that the caller may read, and in which rows. */
export type ReadableColumn = { readonly column: Column; readonly rows: Rows };

/** What the select rules of a caller's roles give together: rows, and columns row by row. */
export type Readable = { readonly rows: Rows; readonly columns: ReadonlyMap<string, ReadableColumn> };

/** The alias of the judged row in every statement. */
export const judged = '"r"';

/** @throws {StkError} `invalid_manifest` for a name that is not there. */
export const readRuleOf = (rule: SelectRule, table: Table, tables: Tables): ReadRule => ({
  columns: rule.columns.map((name) => columnOf(table, name)),
  where: rule.where && readRule(rule.where, table, tables),
});

/** The rows that at least one of the conditions covers; undefined is a rule for all rows. */
export function anyOf(conditions: readonly (RuleCondition | undefined)[]): Rows {
  const byKey = new Map<string, RuleCondition>();
  for (const condition of conditions) {
    if (condition === undefined) return "all";
    byKey.set(condition.key, condition);
  }
  return [...byKey.values()];
}

/** What the rules give together. No rules give nothing. */
export function readableOf(rules: readonly ReadRule[]): Readable {
  const names = new Set(rules.flatMap(({ columns }) => columns.map(({ name }) => name)));
  const columns = [...names].flatMap((name): [string, ReadableColumn][] => {
    const giving = rules.filter((rule) => rule.columns.some((column) => column.name === name));
    const column = giving[0]?.columns.find((candidate) => candidate.name === name);
    return column === undefined ? [] : [[name, { column, rows: anyOf(giving.map(({ where }) => where)) }]];
  });
  return { rows: anyOf(rules.map(({ where }) => where)), columns: new Map(columns) };
}

/** The cells of the judged row as a rule sees them: all. */
export const ruleScope = (parameters: Parameters, alias = judged): Scope => ({
  parameters,
  cell: (column) => ({ sql: `${alias}.${column.quoted}` }),
});

/** Whether a row is one of `rows`, as SQL. */
export const printRows = (rows: Rows, scope: Scope): string =>
  rows === "all"
    ? "true"
    : joined(
        "or",
        rows.map(({ condition }) => printCondition(condition, scope)),
      );

/**
 * The cells of the judged row as the caller sees them, in a statement that touches `rows` only. A cell is read
 * behind its guard, unless every rule that lets the row in shows it.
 */
export function callerScope(readable: Readable, rows: Rows, parameters: Parameters): Scope {
  const rules = ruleScope(parameters);
  const cells = new Map<string, Cell>();
  const cell = (column: Column): Cell | undefined => {
    const known = cells.get(column.name);
    if (known !== undefined) return known;
    const shownIn = readable.columns.get(column.name)?.rows;
    if (shownIn === undefined) return undefined;
    const sql = `${judged}.${column.quoted}`;
    const guard = shownIn === "all" ? undefined : printRows(shownIn, rules);
    const made: Cell = { sql, guard, implied: includes(shownIn, rows) };
    cells.set(column.name, made);
    return made;
  };
  return { parameters, cell };
}

/** Whether every row of the second is one of the first, as far as equal conditions tell. */
const includes = (outer: Rows, inner: Rows): boolean =>
  outer === "all" ||
  (inner !== "all" && inner.every(({ key }) => outer.some((condition) => condition.key === key)));

/** What is selected of each column, under its own name. */
export const printColumns = (names: readonly string[], readable: Readable, scope: Scope): string[] =>
  names.flatMap((name) => {
    const column = readable.columns.get(name)?.column;
    const cell = column && scope.cell(column);
    if (column === undefined || cell === undefined) return [];
    return [`${shown(cell)} as ${column.quoted}`];
  });
