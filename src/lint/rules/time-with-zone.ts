import type { Rule } from "../rule.ts";
import { columnsWhere } from "../table-parts.ts";

/** Time with time zone. */
export const timeWithZone: Rule = {
  code: "time_with_zone",
  severity: "error",
  finds: "time with time zone",
  why: "An offset without a day says nothing where clocks change.",
  wayOut: "Make it timestamptz, or time and the zone's name.",
  check: (schema) =>
    columnsWhere(
      schema,
      ({ type }) => /^time(?:\(\d\))? with time zone/.test(type),
      (called, { type }) => `${called} is ${type}.`,
    ),
};
