import type { Rule } from "../rule.ts";
import { columnsWhere } from "../table-parts.ts";

/** Timestamp without time zone. */
export const timestampWithoutZone: Rule = {
  code: "timestamp_without_zone",
  severity: "error",
  finds: "timestamp without time zone",
  why: "It names no moment: what it means depends on who reads it.",
  wayOut: "Make it timestamptz.",
  check: (schema) =>
    columnsWhere(
      schema,
      ({ type }) => /^timestamp(?:\(\d\))? without time zone/.test(type),
      (called, { type }) => `${called} is ${type}.`,
    ),
};
