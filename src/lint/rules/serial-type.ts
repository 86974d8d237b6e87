import type { Rule } from "../rule.ts";
import { columnsWhere } from "../table-parts.ts";

/** Serial. */
export const serialType: Rule = {
  code: "serial_type",
  severity: "warning",
  finds: "serial",
  why: "Its sequence has rights and an owner of its own, and its default can be changed or skipped by anybody who writes.",
  wayOut: "Say identity: always, or by default.",
  check: (schema) =>
    columnsWhere(
      schema,
      ({ serial }) => serial,
      (called) => `${called} is a serial.`,
    ),
};
