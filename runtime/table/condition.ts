import type { Claim } from "./claim.ts";
import type { Column, Table } from "./table.ts";

/** The other side of a comparison. */
export type Operand =
  /** A value that the manifest gives, as SQL. */
  | { readonly kind: "literal"; readonly sql: string }
  /** A text that the manifest gives and Postgres reads anew in each call: `now` is another time then. */
  | { readonly kind: "constant"; readonly text: string; readonly cast: string }
  | { readonly kind: "claim"; readonly claim: Claim }
  /** A column of the row that the rule judges. */
  | { readonly kind: "row"; readonly column: Column }
  /** The caller's value: its place among those of the call. */
  | { readonly kind: "given"; readonly index: number; readonly cast: string };

/** The SQL operator of each comparison. */
export const operators = {
  eq: "=",
  ne: "<>",
  gt: ">",
  gte: ">=",
  lt: "<",
  lte: "<=",
  like: "like",
  ilike: "ilike",
} as const;
export type Operator = keyof typeof operators;

/** Whether a text is one of the {@link operators}. */
export const isOperator = (text: string): text is Operator => Object.hasOwn(operators, text);

/** A condition on a row, with its names resolved; an empty `and` always holds, an empty `or` never. */
export type Condition =
  | { readonly kind: "and" | "or"; readonly conditions: readonly Condition[] }
  | { readonly kind: "not"; readonly condition: Condition }
  | {
      readonly kind: "compare";
      readonly column: Column;
      readonly operator: Operator;
      readonly operand: Operand;
    }
  /** Whether the column is one of the list: its elements, or one operand that is a list. */
  | { readonly kind: "in"; readonly column: Column; readonly list: Operand | readonly Operand[] }
  | { readonly kind: "isNull"; readonly column: Column; readonly expected: boolean }
  | { readonly kind: "exists"; readonly table: Table; readonly where: Condition };

/** One condition of all; the only one stays as it is. */
export const allOf = (conditions: readonly Condition[]): Condition => {
  const [first] = conditions;
  return first !== undefined && conditions.length === 1 ? first : { kind: "and", conditions };
};

/** Every operand in a condition, those inside `exists` too. */
export function operandsOf(condition: Condition): readonly Operand[] {
  switch (condition.kind) {
    case "and":
    case "or":
      return condition.conditions.flatMap(operandsOf);
    case "not":
      return operandsOf(condition.condition);
    case "exists":
      return operandsOf(condition.where);
    case "compare":
      return [condition.operand];
    case "in":
      return "kind" in condition.list ? [condition.list] : condition.list;
    case "isNull":
      return [];
  }
}

/** Whether a condition looks at one of these columns of the judged row, itself or by `$row`. */
export const dependsOn = (condition: Condition, names: ReadonlySet<string>): boolean =>
  ownColumns(condition).some((name) => names.has(name)) ||
  operandsOf(condition).some((operand) => operand.kind === "row" && names.has(operand.column.name));

function ownColumns(condition: Condition): string[] {
  switch (condition.kind) {
    case "and":
    case "or":
      return condition.conditions.flatMap(ownColumns);
    case "not":
      return ownColumns(condition.condition);
    case "exists":
      return [];
    default:
      return [condition.column.name];
  }
}

/** Whether a condition looks at a table through `exists`. */
export function looksAt(condition: Condition, table: Table): boolean {
  switch (condition.kind) {
    case "and":
    case "or":
      return condition.conditions.some((inner) => looksAt(inner, table));
    case "not":
      return looksAt(condition.condition, table);
    case "exists":
      return condition.table === table || looksAt(condition.where, table);
    default:
      return false;
  }
}
