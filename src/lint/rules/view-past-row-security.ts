import { tablesBeneath } from "../row-security.ts";
import type { Rule } from "../rule.ts";

/** A view past row security. */
export const viewPastRowSecurity: Rule = {
  code: "view_past_row_security",
  severity: "error",
  finds: "a view past row security",
  why: "It is read with the rights of its owner, who need not obey the policies, so that it shows rows that they hide.",
  wayOut: "Say securityInvoker: true (Postgres 15).",
  check: ({ model }) =>
    [...model.objects].flatMap(([key, { kind, name, facts }]) => {
      const { options } = facts;
      if (kind !== "view" || (Array.isArray(options) && options.includes("security_invoker=true"))) return [];
      const guarded = tablesBeneath(key, model).filter(
        (table) => model.tables.get(table)?.rowSecurity !== undefined,
      );
      if (guarded.length === 0) return [];
      return [
        {
          of: { kind, name },
          message: `The view ${name} reads ${guarded.join(", ")}, whose row security it passes by.`,
        },
      ];
    }),
};
