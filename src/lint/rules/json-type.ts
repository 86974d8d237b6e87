import type { Rule } from "../rule.ts";
import { columnsWhere } from "../table-parts.ts";

/** Json in place of jsonb. */
export const jsonType: Rule = {
  code: "json_type",
  severity: "error",
  finds: "json in place of jsonb",
  why: "It is kept as text and parsed at each look, and has neither equality nor indexes.",
  wayOut: "Make it jsonb.",
  check: (schema) =>
    columnsWhere(
      schema,
      ({ type }) => type === "json" || type === "json[]",
      (called, { type }) => `${called} is ${type}.`,
    ),
};
