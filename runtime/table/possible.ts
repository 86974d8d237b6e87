import { isModified } from "../sql/type.ts";
import { type Condition, operandsOf } from "./condition.ts";
import { joined, printCondition, type Scope } from "./print.ts";
import type { RuleCondition } from "./rule.ts";
import type { Column } from "./table.ts";

/** A condition that every row meets, and one that none does. */
const always: Condition = { kind: "and", conditions: [] };
const never: Condition = { kind: "or", conditions: [] };

/**
 * What must hold for a condition to hold, as far as it does not depend on some columns of the target row. Where this
 * is not true the condition is not, whatever these columns hold; `and`, `or` and `exists` never turn a truth around.
 *
 * @param unknown the columns whose values are not known yet.
 */
const possible = (condition: Condition, unknown: ReadonlySet<string>): Condition =>
  widened(condition, unknown, true, false);

function widened(
  condition: Condition,
  unknown: ReadonlySet<string>,
  positive: boolean,
  inside: boolean,
): Condition {
  switch (condition.kind) {
    case "and":
    case "or":
      return {
        kind: condition.kind,
        conditions: condition.conditions
          .map((inner) => widened(inner, unknown, positive, inside))
          .filter((inner) => condition.kind === "or" || inner !== always),
      };
    case "not":
      return { kind: "not", condition: widened(condition.condition, unknown, !positive, inside) };
    case "exists":
      return { ...condition, where: widened(condition.where, unknown, positive, true) };
    default: {
      const isUnknown =
        (!inside && unknown.has(condition.column.name)) ||
        operandsOf(condition).some((operand) => operand.kind === "row" && unknown.has(operand.column.name));
      if (!isUnknown) return condition;
      return positive ? always : never;
    }
  }
}

/** Whether a row may meet one of the checks, as SQL; `true` where nothing is known of it. */
export function printPossible(
  checks: readonly RuleCondition[],
  unknown: ReadonlySet<string>,
  scope: Scope,
): string {
  const terms = checks.map(({ condition }) => printCondition(possible(condition, unknown), scope));
  return terms.includes("true") ? "true" : joined("or", terms);
}

/** A value as a column holds it: `numeric(5,2)` rounds, and `timestamp(0)` does. */
export const asStored = (sql: string, { type }: Column): string =>
  isModified(type) ? `(${sql})::${type.name}` : sql;
