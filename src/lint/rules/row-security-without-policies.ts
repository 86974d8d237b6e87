import { tablesWithPolicies } from "../row-security.ts";
import type { Rule } from "../rule.ts";

/** Row security without a policy. */
export const rowSecurityWithoutPolicies: Rule = {
  code: "row_security_without_policies",
  severity: "error",
  finds: "row security without a policy",
  why: "Nobody but the owner reads or writes any row.",
  wayOut: "Declare a policy, or take rowSecurity away.",
  check: ({ model }) => {
    const guarded = tablesWithPolicies(model);
    return [...model.tables].flatMap(([name, { rowSecurity }]) =>
      rowSecurity !== undefined && !guarded.has(name)
        ? [{ of: { kind: "table", name }, message: `The table ${name} has row security and no policy.` }]
        : [],
    );
  },
};
