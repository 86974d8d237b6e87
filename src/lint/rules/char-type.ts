import type { Rule } from "../rule.ts";
import { columnsWhere } from "../table-parts.ts";

/** Char(n). */
export const charType: Rule = {
  code: "char_type",
  severity: "error",
  finds: "char(n)",
  why: "Postgres fills it up with blanks, which some operations see and some do not.",
  wayOut: "Make it text, with a check of its length where that matters.",
  check: (schema) =>
    columnsWhere(
      schema,
      ({ type }) => /^character\(/.test(type),
      (called, { type }) => `${called} is ${type}.`,
    ),
};
