/** A number of JSON by its text, which JSON.stringify writes as it is (ECMA-262, JSON.rawJSON). */
export type RawNumber = { readonly rawJSON: string };

declare global {
  interface JSON {
    rawJSON(text: string): RawNumber;
    isRawJSON(value: unknown): value is RawNumber;
    parse(
      text: string,
      reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
    ): unknown;
  }
}

/**
 * What a number is kept for: `digits` for a type that holds them all, such as `numeric(10,2)` the zero of 1.10;
 * `value` for a program, to which 1.10 is 1.1.
 */
export type Kept = "digits" | "value";

/**
 * Parses JSON. A number that a double would change is a {@link RawNumber}, all else is as JSON.parse gives it.
 *
 * @throws {SyntaxError} where the text is not JSON.
 * @example parseExact("[1, 9007199254740993]", "value") // [1, JSON.rawJSON("9007199254740993")]
 */
export const parseExact = (text: string, kept: Kept): unknown =>
  suspect.test(text) ? JSON.parse(text, kept === "digits" ? withDigits : withValue) : JSON.parse(text);

// Sixteen digits, an exponent, a zero at the end of a fraction or many at its beginning, minus zero. It also meets
// what stands in a text, which costs time and nothing else.
const suspect =
  /(?:^|[[:,\s])-?(?:\d[\d.]{15}|\d[\d.]*[eE]|\d+\.\d*0(?:[\s,\]}]|$)|0\.000000|(?<=-)0(?:[\s,\]}]|$))/;

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

const withDigits: Reviver = (_, value, { source }) =>
  typeof value === "number" && source !== undefined && !keepsDigits(value, source)
    ? JSON.rawJSON(source)
    : value;

const withValue: Reviver = (_, value, { source }) =>
  typeof value === "number" && source !== undefined && !keepsValue(value, source)
    ? JSON.rawJSON(source)
    : value;

const keepsDigits = (value: number, source: string): boolean =>
  String(value) === source && (!Number.isInteger(value) || Number.isSafeInteger(value));

/** Whether a double has the value of the decimal number that it was read from. */
export const keepsValue = (value: number, source: string): boolean =>
  String(value) === source ||
  (Number.isFinite(value) &&
    withoutZeros(plainDecimal(source)) === withoutZeros(plainDecimal(String(value))));

const withoutZeros = (decimal: string | undefined): string | undefined =>
  decimal?.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal;

const form = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const longestShift = 1_000;

/**
 * A decimal number without an exponent, with the digits after the point that it has, as Postgres writes a numeric;
 * undefined for another text, and where its exponent is over a thousand: a short text never becomes a long one.
 *
 * @example plainDecimal("-1.50e1") // "-15.0"
 */
export function plainDecimal(text: string): string | undefined {
  const [found, sign = "", whole = "", fraction = "", exponent = "0"] = form.exec(text) ?? [];
  const shift = Number(exponent);
  if (found === undefined || Math.abs(shift) > longestShift) return undefined;
  const point = whole.length + shift;
  const digits = (whole + fraction).padEnd(point, "0").padStart(digitsBelow(whole, fraction, point), "0");
  const start = Math.max(point, 0);
  const integer = digits.slice(0, start).replace(/^0+(?=\d)/, "") || "0";
  const rest = digits.slice(start);
  const isNegative = sign === "-" && /[1-9]/.test(digits);
  return `${isNegative ? "-" : ""}${integer}${rest === "" ? "" : `.${rest}`}`;
}

/** How many digits stand after the point where nothing but zeros stands before it. */
const digitsBelow = (whole: string, fraction: string, point: number): number =>
  point < 0 ? whole.length + fraction.length - point : 0;

/**
 * Writes JSON in which a bigint is a number to its last digit, and bytes are base64; undefined for what has no JSON, such
 * as a function.
 *
 * @throws {TypeError} for what JSON.stringify would silently leave out or make something else of: a member that is
 *   undefined (a condition that is left out widens a filter), `NaN` and the infinities, a Map, a promise.
 */
export const exactJson = (value: unknown): string | undefined => JSON.stringify(value, exactValue);

function exactValue(this: unknown, key: string, value: unknown): unknown {
  if (typeof value === "bigint") return JSON.rawJSON(String(value));
  if (typeof value === "number" && !Number.isFinite(value))
    throw new TypeError(`${value} is no number of JSON.`);
  if (value === undefined || typeof value === "function" || typeof value === "symbol") {
    if (Array.isArray(this)) throw new TypeError(`A list holds ${typeof value}, which is no value of JSON.`);
    if (key !== "")
      throw new TypeError(
        `\`${key}\` is ${typeof value}, which JSON would leave out: leave it out, or write null.`,
      );
  }
  return objectValue(this, key, value);
}

/**
 * Writes JSON as answers hold it: a bigint, `NaN` and the infinities are strings, and bytes are base64; undefined for what
 * has no JSON, such as a function.
 *
 * @throws {TypeError} for an object that JSON.stringify would silently make something else of: a Map, a promise.
 */
export const answerJson = (value: unknown): string | undefined => JSON.stringify(value, answerValue);

function answerValue(this: unknown, key: string, value: unknown): unknown {
  return isOfText(value) ? String(value) : objectValue(this, key, value);
}

/** Whether JSON has no number for a number, so that an answer has its text. */
export const isOfText = (value: unknown): value is bigint | number =>
  typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value));

/** A member as it is written, of which `toJSON` was called: bytes as base64, zero with its sign. */
function objectValue(holder: unknown, key: string, value: unknown): unknown {
  if (Object.is(value, -0)) return JSON.rawJSON("-0");
  if (typeof value !== "object" || value === null) return value;
  const bytes = "type" in value && value.type === "Buffer" ? Reflect.get(Object(holder), key) : value; // before `toJSON`
  if (bytes instanceof Uint8Array) return Buffer.from(bytes).toString("base64");
  assertJson(value);
  return value;
}

/**
 * Refuses an object that JSON.stringify would silently make an empty one of.
 *
 * @throws {TypeError} for a Map, a Set, an ArrayBuffer, a RegExp, a promise.
 */
export function assertJson(value: object): void {
  if (value instanceof Map || value instanceof Set || value instanceof ArrayBuffer || value instanceof RegExp)
    throw new TypeError(
      `${value instanceof ArrayBuffer ? "An" : "A"} ${value.constructor.name} is no value of JSON.`,
    );
  if ("then" in value && typeof value.then === "function")
    throw new TypeError("A promise is no value of JSON: await it first.");
}
