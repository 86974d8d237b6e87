import type { Rule } from "../rule.ts";
import { columnsWhere } from "../table-parts.ts";

const isFloat = (type: string): boolean => type === "real" || type === "double precision";

const isMoney = (name: string): boolean =>
  /(?:^|_)(?:amount|balance|cost|discount|fee|paid|payment|price|revenue|salary|subtotal|tax|total)s?(?:_|$)/i.test(
    name.replaceAll(/([a-z])([A-Z])/g, "$1_$2"),
  );

/** An amount of money in binary floating point. */
export const floatMoney: Rule = {
  code: "float_money",
  severity: "warning",
  finds: "an amount of money in binary floating point",
  why: "0.1 + 0.2 is not 0.3 in it, and sums drift.",
  wayOut: "Make it numeric, or a whole number of the smallest unit.",
  check: (schema) =>
    columnsWhere(
      schema,
      ({ type }, name) => isFloat(type) && isMoney(name),
      (called, { type }) => `${called} looks like an amount and is ${type}.`,
    ),
};
