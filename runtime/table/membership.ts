import { allOf, type Condition, operandsOf } from "./condition.ts";
import { isQuietType } from "./quiet.ts";
import type { Column } from "./table.ts";

type Exists = Extract<Condition, { kind: "exists" }>;

/** An `exists` that asks whether `row`, a column of the target row, is among the `column` of the rows that meet `rest`. */
export type Membership = { readonly column: Column; readonly row: Column; readonly rest: Condition };

/**
 * The {@link Membership} that an `exists` is: one equality of columns of one type, and a rest that does not depend on
 * the target row and names the caller by an equality, so that the list stays short; undefined where it is none.
 */
export function membershipOf({ where }: Exists): Membership | undefined {
  const conditions = where.kind === "and" ? where.conditions : [where];
  const dependent = conditions.filter((inner) => operandsOf(inner).some(({ kind }) => kind === "row"));
  const rest = conditions.filter((inner) => !dependent.includes(inner));
  const [link] = dependent;
  if (dependent.length !== 1 || link?.kind !== "compare" || link.operator !== "eq") return undefined;
  const { column, operand } = link;
  if (operand.kind !== "row" || !rest.some(namesCaller)) return undefined;
  const { type } = operand.column;
  // An array of arrays is one array to Postgres.
  const isPlain = type.element === undefined && isQuietType(type) && type.cast === column.type.cast;
  return isPlain ? { column, row: operand.column, rest: allOf(rest) } : undefined;
}

const namesCaller = (condition: Condition): boolean =>
  condition.kind === "compare"
    ? condition.operator === "eq" && condition.operand.kind === "claim"
    : condition.kind === "in" && "kind" in condition.list && condition.list.kind === "claim";
