import type { z } from "zod";
import type { PolicyDeclaration, rowSecurityDeclaration } from "../../schema/policies.ts";
import type { PolicyFacts, TableFacts } from "../database/snapshot/facts.ts";
import { withoutParentheses } from "./sql-text.ts";

/** Row-level security of a table; undefined where there is nothing to say. */
export function rowSecurityOf(
  { rowSecurity, forced }: TableFacts,
  policies: readonly PolicyFacts[],
): z.infer<typeof rowSecurityDeclaration> | undefined {
  if (!rowSecurity && policies.length === 0) return undefined;
  return {
    ...(rowSecurity ? {} : { enabled: false }),
    ...(rowSecurity && forced ? { forced } : {}),
    ...(policies.length === 0
      ? {}
      : { policies: Object.fromEntries(policies.map((policy) => [policy.name, policyOf(policy)])) }),
  };
}

const policyOf = ({
  permissive,
  for: command,
  to,
  using,
  check,
  comment,
}: PolicyFacts): PolicyDeclaration => ({
  ...(permissive ? {} : { as: "restrictive" }),
  ...(command === "all" ? {} : { for: command }),
  ...(to === null ? {} : { to }),
  ...(using === null ? {} : { using: withoutParentheses(using) }),
  ...(check === null ? {} : { check: withoutParentheses(check) }),
  ...(comment === null ? {} : { comment }),
});
