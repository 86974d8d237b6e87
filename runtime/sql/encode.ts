import { exactJson, plainDecimal } from "../../src/core/exact-json.ts";
import { JsonText } from "./json-text.ts";

/** A JSON value other than null as Postgres' text of one type, or undefined where it is not a value of that type. */
export type Encoder = (value: unknown) => string | undefined;

// NUL has no place in Postgres' text, and half a surrogate pair none in UTF-8.
const isStorable = (text: string): boolean => !text.includes("\0") && text.isWellFormed();

/** Any text that Postgres can store. */
export const encodeText: Encoder = (value) =>
  typeof value === "string" && isStorable(value) ? value : undefined;

/** Texts of which a condition holds. */
export const textWhere =
  (holds: (text: string) => boolean): Encoder =>
  (value) =>
    typeof value === "string" && holds(value) ? value : undefined;

/** Texts of at most so many bytes of UTF-8: where Postgres would cut a longer one without a word. */
export const textWithin =
  (bytes: number): Encoder =>
  (value) =>
    typeof value === "string" && Buffer.byteLength(value) <= bytes ? encodeText(value) : undefined;

/** Whole numbers of so many bits, as a number or as digits. */
export const encodeInteger =
  (bits: number): Encoder =>
  (value) => {
    const digits = wholeNumber(value);
    if (digits === undefined || !/^[+-]?\d{1,19}$/.test(digits)) return undefined;
    const exact = BigInt(digits);
    return BigInt.asIntN(bits, exact) === exact ? exact.toString() : undefined;
  };

function wholeNumber(value: unknown): string | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : undefined;
  if (typeof value === "bigint") return String(value);
  return JSON.isRawJSON(value) ? plainDecimal(value.rawJSON)?.replace(/\.0+$/, "") : asString(value);
}

const asString = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

const decimal = /^[+-]?(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d{1,6}))?$/;

/** `NaN` and the infinities as Postgres writes them. */
function special(text: string): string | undefined {
  const [, sign = "", word] = /^(\+|-)?(nan|infinity)$/i.exec(text) ?? [];
  if (word?.toLowerCase() === "nan") return sign === "" ? "NaN" : undefined;
  return word === undefined ? undefined : `${sign === "-" ? "-" : ""}Infinity`;
}

/** PostgreSQL manual, 8.1.2. */
const digitsBefore = 131_072;
const digitsAfter = 16_383;

/** Numbers to the last digit, as Postgres writes them where that is not too long, and `NaN` and the infinities. */
export const encodeNumeric: Encoder = (value) => {
  const text = numberText(value);
  if (text === undefined) return undefined;
  const [found, whole = "", fraction, fractionAlone = "", exponent = "0"] = decimal.exec(text) ?? [];
  if (found === undefined) return special(text);
  const before = whole.replace(/^0+/, "").length + Number(exponent);
  const after = (fraction ?? fractionAlone).length - Number(exponent);
  return before <= digitsBefore && after <= digitsAfter ? (plainDecimal(text) ?? text) : undefined;
};

function numberText(value: unknown): string | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : undefined;
  if (typeof value === "bigint") return String(value);
  return JSON.isRawJSON(value) ? value.rawJSON : asString(value);
}

/** Numbers of which a float holds the nearest. Postgres refuses what it can only hold as zero or infinity. */
export const encodeFloat =
  (round: (value: number) => number): Encoder =>
  (value) => {
    const text = numberText(value);
    if (text === undefined) return undefined;
    if (!decimal.test(text)) return special(text);
    const held = round(Number(text));
    const vanished = held === 0 && /[1-9]/.test(text.split(/e/i)[0] ?? "");
    return Number.isFinite(held) && !vanished ? text : undefined;
  };

/** true and false. */
export const encodeBoolean: Encoder = (value) => (typeof value === "boolean" ? String(value) : undefined);

/** Any JSON: the text that was sent where it is known, else what JSON.stringify writes. */
export const encodeJson: Encoder = (value) => (value instanceof JsonText ? value.text : exactJson(value));

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Bytes as base64 (RFC 4648, 4). */
export const encodeBytes: Encoder = (value) =>
  typeof value === "string" && base64.test(value)
    ? `\\x${Buffer.from(value, "base64").toString("hex")}`
    : undefined;

/** One byte: a character of ASCII or none, or a backslash and three octal digits (PostgreSQL manual, 8.3). */
export const encodeInternalCharacter: Encoder = (value) =>
  typeof value === "string" && /^\\[0-3][0-7]{2}$/.test(value) ? value : textWithin(1)(value);
