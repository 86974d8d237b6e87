import { tablesWithPolicies } from "../row-security.ts";
import type { Rule } from "../rule.ts";

/** Policies that are not in force. */
export const policiesWithoutRowSecurity: Rule = {
  code: "policies_without_row_security",
  severity: "error",
  finds: "policies that are not in force",
  why: "They look like a guard, and every row is open.",
  wayOut: "Say enabled: true.",
  check: ({ model }) =>
    [...tablesWithPolicies(model)].flatMap((name) =>
      model.tables.get(name)?.rowSecurity === undefined
        ? [{ of: { kind: "table", name }, message: `The table ${name} has policies and no row security.` }]
        : [],
    ),
};
