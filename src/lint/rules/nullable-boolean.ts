import type { Rule } from "../rule.ts";
import { columnsWhere } from "../table-parts.ts";

/** A boolean that may be null and has no default. */
export const nullableBoolean: Rule = {
  code: "nullable_boolean",
  severity: "warning",
  finds: "a boolean that may be null and has no default",
  why: "It has three values, and the third is false in a condition and in its contrary.",
  wayOut: "Say nullable: false and a default, or make it an enum of three.",
  check: (schema) =>
    columnsWhere(
      schema,
      ({ type, nullable, default: value }) => type === "boolean" && nullable && value === undefined,
      (called) => `${called} may be true, false and null.`,
    ),
};
