import { asOperand } from "../sql/type.ts";
import { type Condition, type Operand, type Operator, operandsOf, operators } from "./condition.ts";
import { type Membership, membershipOf } from "./membership.ts";
import type { Parameters } from "./parameters.ts";
import { isQuiet, isQuietWhole } from "./quiet.ts";
import type { Column, Table } from "./table.ts";

/** How a column of the judged row is reached in a statement. */
export type Cell = {
  readonly sql: string;
  /** When the caller may see it, as SQL; undefined: in every row. */
  readonly guard?: string | undefined;
  /** Whether the statement's own row filter implies the guard. */
  readonly implied?: boolean;
};

/** What a condition is printed for. */
export type Scope = {
  readonly parameters: Parameters;
  /** A column of the judged row; undefined where the caller may never see it. */
  cell(column: Column): Cell | undefined;
};

/** What is neither true nor false. */
const unknown = "null::boolean";

/**
 * A condition as SQL of three-valued logic: never true where a claim is missing or a cell is hidden, under `not` too.
 */
export const printCondition = (condition: Condition, scope: Scope): string =>
  print(condition, scope, 0, true);

/** The value of a cell as the caller sees it: NULL where he may not. */
export const shown = (cell: Cell): string =>
  cell.guard === undefined || cell.implied === true ? cell.sql : masked(cell.guard, cell.sql);

const masked = (guard: string, sql: string): string => `case when ${guard} then ${sql} end`;

/**
 * `depth` counts the `exists` around a condition. `positive` says that false and NULL are the same to what is around
 * it: then a test can stand where an index serves it.
 */
function print(condition: Condition, scope: Scope, depth: number, positive: boolean): string {
  switch (condition.kind) {
    case "and":
      return printAll(condition.conditions, scope, depth, positive);
    case "or":
      return joined(
        "or",
        condition.conditions.map((inner) => print(inner, scope, depth, positive)),
      );
    case "not":
      return `not (${print(condition.condition, scope, depth, false)})`;
    case "exists":
      return printExists(condition, scope, depth, positive);
    case "isNull": {
      const test = condition.expected ? "is null" : "is not null";
      const cell = cellAt(condition.column, scope, depth);
      if (cell === undefined) return unknown;
      const sql = `${cell.sql} ${test}`;
      if (cell.guard === undefined || (cell.implied === true && isQuiet(condition))) return sql;
      return masked(cell.guard, sql);
    }
    case "compare": {
      const test = `${operators[condition.operator]} ${printOperand(condition.operand, scope)}`;
      return printTest(condition, test, scope, depth, positive);
    }
    case "in":
      return printTest(condition, `= any(${printList(condition, scope)})`, scope, depth, positive);
  }
}

/** Conditions that must all hold. What can raise runs only for rows that meet the others. */
function printAll(conditions: readonly Condition[], scope: Scope, depth: number, positive: boolean): string {
  const terms = (some: readonly Condition[]) => some.map((inner) => print(inner, scope, depth, positive));
  const loud = conditions.filter((inner) => !isQuietWhole(inner));
  if (!positive || loud.length === 0 || loud.length === conditions.length)
    return joined("and", terms(conditions));
  const quiet = terms(conditions.filter(isQuietWhole));
  return joined("and", [...quiet, masked(joined("and", quiet), joined("and", terms(loud)))]);
}

/**
 * Quiet comparisons tell nothing of the rows that they are not true for, so they may run before the guard, as under
 * Postgres' row security. The others run behind it, and `like` does: its time depends on the text.
 */
function printTest(
  condition: Condition & { readonly kind: "compare" | "in" },
  test: string,
  scope: Scope,
  depth: number,
  positive: boolean,
): string {
  const cell = cellAt(condition.column, scope, depth);
  if (cell === undefined) return unknown;
  const leaky =
    !isQuiet(condition) || (condition.kind === "compare" && leakyOperators.has(condition.operator));
  const sql = asOperand(cell.sql, condition.column.type);
  if (cell.guard === undefined || (cell.implied === true && !leaky)) return `${sql} ${test}`;
  if (leaky || !positive) return `${masked(cell.guard, sql)} ${test}`;
  return `(${cell.guard} and ${sql} ${test})`;
}

const leakyOperators: ReadonlySet<Operator> = new Set(["like", "ilike"]);

const printList = ({ column, list }: Condition & { kind: "in" }, scope: Scope): string =>
  "kind" in list
    ? printOperand(list, scope)
    : `array[${list.map((operand) => printOperand(operand, scope)).join(", ")}]::${column.type.cast}[]`;

/**
 * Membership as a comparison with a list that is read once, which an index serves under `or` too. It is NULL where
 * `exists` is false, so it stands only where the two are the same.
 */
function printMembership(
  { column, row, rest }: Membership,
  table: Table,
  scope: Scope,
  depth: number,
): string {
  const alias = aliasAt(depth + 1);
  const where = print(rest, scope, depth + 1, true);
  const member = asOperand(`${alias}.${column.quoted}`, column.type);
  const list = `array(select ${member} from ${table.quoted} as ${alias} where ${where})`;
  return `${printRow(row, scope)} = any(${list})`;
}

/**
 * `exists` itself is never NULL, so under `not` the claims that it needs are asked for outside of it: without them
 * `not exists` would hold for everybody.
 */
function printExists(
  condition: Condition & { kind: "exists" },
  scope: Scope,
  depth: number,
  positive: boolean,
): string {
  const membership = positive ? membershipOf(condition) : undefined;
  if (membership !== undefined) return printMembership(membership, condition.table, scope, depth);
  const alias = aliasAt(depth + 1);
  const where = print(condition.where, scope, depth + 1, true);
  const test = `exists (select 1 from ${condition.table.quoted} as ${alias} where ${where})`;
  const claims = operandsOf(condition).flatMap((operand) =>
    operand.kind === "claim" ? [operand.claim] : [],
  );
  if (positive || claims.length === 0) return test;
  const present = new Set(claims.map((claim) => `${scope.parameters.claim(claim)} is not null`));
  return `case when ${[...present].join(" and ")} then ${test} end`;
}

const aliasAt = (depth: number): string => `"e${depth}"`;

const cellAt = (column: Column, scope: Scope, depth: number): Cell | undefined =>
  depth === 0 ? scope.cell(column) : { sql: `${aliasAt(depth)}.${column.quoted}` };

const printOperand = (operand: Operand, scope: Scope): string =>
  operand.kind === "row" ? printRow(operand.column, scope) : scope.parameters.operand(operand);

const printRow = (column: Column, scope: Scope): string =>
  asOperand(scope.cell(column)?.sql ?? "null", column.type);

/** Terms joined by `and` or `or`, in parentheses where there are several. */
export const joined = (word: "and" | "or", terms: readonly string[]): string => {
  const [first] = terms;
  if (first === undefined) return word === "and" ? "true" : "false";
  return terms.length === 1 ? first : `(${terms.join(` ${word} `)})`;
};
