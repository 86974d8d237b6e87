import type { Change } from "../../diff/change.ts";
import type { Model } from "../../model/model.ts";
import { statementsOf } from "../statement.ts";
import type { Expansion, ExpansionContext, PlacedStatement } from "./expansion.ts";
import { validateLater } from "./validate-later.ts";

const expansions: readonly Expansion[] = [validateLater];

/** Writes a change as statements: online where its table is there and not empty, else plainly. */
export function expand(change: Change, context: ExpansionContext): PlacedStatement[] {
  if ("table" in change && context.factsOf(change.table)?.isEmpty === false)
    for (const expansion of expansions) {
      const expanded = expansion(change, context);
      if (expanded !== undefined) return expanded;
    }
  return plain(change, context.desired.enums);
}

/** The statements of a change as Postgres' documentation has them, all in the transaction of their neighbours. */
export const plain = (change: Change, enums: Model["enums"]): PlacedStatement[] =>
  statementsOf(change, enums).map((statement) => ({ ...statement, placement: "together" }));
