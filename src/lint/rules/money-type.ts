import type { Rule } from "../rule.ts";
import { columnsWhere } from "../table-parts.ts";

/** Money. */
export const moneyType: Rule = {
  code: "money_type",
  severity: "error",
  finds: "money",
  why: "How it is read and written, and how many decimals it keeps, depends on the server's lc_monetary.",
  wayOut: "Make it numeric, or a whole number of the smallest unit.",
  check: (schema) =>
    columnsWhere(
      schema,
      ({ type }) => type === "money",
      (called) => `${called} is money.`,
    ),
};
