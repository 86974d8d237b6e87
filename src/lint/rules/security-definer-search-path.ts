import type { Rule } from "../rule.ts";

/** A security definer function without a search_path. */
export const securityDefinerSearchPath: Rule = {
  code: "security_definer_search_path",
  severity: "error",
  finds: "a security definer function without a search_path",
  why: "Whoever calls it chooses what its names mean, and runs with the owner's rights what they put there.",
  wayOut: "Add to the function: set search_path = pg_catalog, pg_temp; and write SCHEMA.NAME in it.",
  check: ({ model }) =>
    [...model.objects.values()].flatMap(({ kind, name, facts }) => {
      const { definition } = facts;
      if (kind !== "routine" || typeof definition !== "string") return [];
      const [head = ""] = definition.split(/\nAS |\nBEGIN ATOMIC|\nRETURN /);
      if (!/\bSECURITY DEFINER\b/.test(head) || /\bSET search_path\b/.test(head)) return [];
      return [
        {
          of: { kind, name: name.slice(0, name.indexOf("(")) },
          message: `The function ${name} runs with its owner's rights and the caller's search_path.`,
        },
      ];
    }),
};
