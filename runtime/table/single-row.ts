import type { Condition } from "./condition.ts";
import type { Table } from "./table.ts";

/** Whether a condition names every column of a key, so that at most one row meets it. */
export function namesOneRow(condition: Condition, { keys }: Table): boolean {
  const named = equalColumns(condition);
  return keys.some((key) => key.every((name) => named.has(name)));
}

function equalColumns(condition: Condition): ReadonlySet<string> {
  if (condition.kind === "compare" && condition.operator === "eq") return new Set([condition.column.name]);
  return new Set(
    condition.kind === "and" ? condition.conditions.flatMap((inner) => [...equalColumns(inner)]) : [],
  );
}
