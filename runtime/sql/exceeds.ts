import { readArray } from "./array.ts";
import type { SqlType } from "./type.ts";

const sized = /^(character varying|character|bit varying|bit|numeric)\((\d+)(?:,(-?\d+))?\)$/;
const decimal = /^[+-]?(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/;

/**
 * Whether a value of a type is longer than its length or greater than its precision, for which Postgres names no column
 * (PostgreSQL documentation, 8.1.2, 8.3 and 8.10).
 *
 * @param text the value as it is sent to Postgres.
 */
export function exceeds({ spelled, element }: SqlType, text: string): boolean {
  if (element !== undefined)
    return readArray(text, (one) => one)
      .flat(Number.POSITIVE_INFINITY)
      .some((one) => typeof one === "string" && exceeds(element, one));
  const [, type, size = "0", scale = "0"] = sized.exec(spelled) ?? [];
  if (type === "numeric") return exceedsPrecision(text, Number(size), Number(scale));
  if (type === "bit") return text.length !== Number(size);
  if (type === "bit varying") return text.length > Number(size);
  // Blanks at the end are cut.
  return type !== undefined && [...text.replace(/ +$/, "")].length > Number(size);
}

function exceedsPrecision(text: string, precision: number, scale: number): boolean {
  const [found, whole = "", fraction = "", exponent = "0"] = decimal.exec(text) ?? [];
  if (found === undefined) return /infinity/i.test(text);
  const zeros = /^0*/.exec(whole + fraction)?.[0].length ?? 0;
  const digits = (whole + fraction).slice(zeros);
  /** How many of the digits are kept, the zeros behind them too. */
  const kept = whole.length - zeros + Number(exponent) + scale;
  if (digits === "" || kept < 0) return false;
  if (kept > precision) return true;
  const rest = digits.charAt(kept);
  const rounded = BigInt(digits.slice(0, kept).padEnd(kept, "0") || "0") + (rest >= "5" ? 1n : 0n);
  return rounded >= 10n ** BigInt(precision);
}
