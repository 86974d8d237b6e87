import { isDate, isTime, isTimestamp, isTimestampWithZone, isTimeWithZone } from "./temporal.ts";

/** A JSON value other than null as Postgres' text of one type, or undefined where it is not a value of that type. */
export type Encoder = (value: unknown) => string | undefined;

/** What is known of a built-in type. */
export type Scalar = {
  /** The name for a cast that neither cuts nor rounds: `bpchar` where `character` would mean one. */
  readonly cast: string;
  readonly encode: Encoder;
  /** Whether its values can be compared and sorted. */
  readonly comparable: boolean;
  /** Whether `like` reads it. */
  readonly text: boolean;
};

// NUL has no place in Postgres' text, and half a surrogate pair none in UTF-8.
const isStorable = (text: string): boolean => !text.includes("\0") && text.isWellFormed();

/** Any text that Postgres can store. */
export const encodeText: Encoder = (value) =>
  typeof value === "string" && isStorable(value) ? value : undefined;

const textWhere =
  (holds: (text: string) => boolean): Encoder =>
  (value) =>
    typeof value === "string" && holds(value) ? value : undefined;

const integer =
  (bits: number): Encoder =>
  (value) => {
    if (!isInteger(value)) return undefined;
    const exact = BigInt(value);
    return BigInt.asIntN(bits, exact) === exact ? exact.toString() : undefined;
  };

const isInteger = (value: unknown): value is number | string =>
  typeof value === "number"
    ? Number.isSafeInteger(value)
    : typeof value === "string" && /^[+-]?\d{1,19}$/.test(value);

const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?$/;
const isSpecial = (text: string): boolean => /^(?:nan|[+-]?infinity)$/i.test(text);

const encodeNumeric: Encoder = (value) => {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : undefined;
  return typeof value === "string" && (isSpecial(value) || decimal.test(value)) ? value : undefined;
};

// Postgres refuses what a float can only hold as zero or infinity.
const float =
  (round: (value: number) => number): Encoder =>
  (value) => {
    const text = encodeNumeric(value);
    if (text === undefined || isSpecial(text)) return text;
    const held = round(Number(text));
    const vanished = held === 0 && /[1-9]/.test(text.split(/e/i)[0] ?? "");
    return Number.isFinite(held) && !vanished ? text : undefined;
  };

const encodeBoolean: Encoder = (value) => (typeof value === "boolean" ? String(value) : undefined);

const encodeJson: Encoder = (value) => {
  const text: string | undefined = JSON.stringify(value);
  return text;
};

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const encodeBytes: Encoder = (value) =>
  typeof value === "string" && base64.test(value)
    ? `\\x${Buffer.from(value, "base64").toString("hex")}`
    : undefined;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const comparable = (cast: string, encode: Encoder): Scalar => ({
  cast,
  encode,
  comparable: true,
  text: false,
});
const incomparable = (cast: string, encode: Encoder = encodeText): Scalar => ({
  cast,
  encode,
  comparable: false,
  text: false,
});
const pattern = (cast: string): Scalar => ({ cast, encode: encodeText, comparable: true, text: true });

/** Built-in types by Postgres' own spelling (`format_type`) without a length or precision. */
export const scalars: ReadonlyMap<string, Scalar> = new Map([
  ["text", pattern("text")],
  ["character varying", pattern("varchar")],
  ["character", pattern("bpchar")],
  ["name", pattern("name")],
  ["citext", pattern("citext")],
  ["smallint", comparable("smallint", integer(16))],
  ["integer", comparable("integer", integer(32))],
  ["bigint", comparable("bigint", integer(64))],
  ["numeric", comparable("numeric", encodeNumeric)],
  ["real", comparable("real", float(Math.fround))],
  [
    "double precision",
    comparable(
      "double precision",
      float((value) => value),
    ),
  ],
  ["boolean", comparable("boolean", encodeBoolean)],
  [
    "uuid",
    comparable(
      "uuid",
      textWhere((text) => uuid.test(text)),
    ),
  ],
  ["date", comparable("date", textWhere(isDate))],
  ["time without time zone", comparable("time", textWhere(isTime))],
  ["time with time zone", comparable("timetz", textWhere(isTimeWithZone))],
  ["timestamp without time zone", comparable("timestamp", textWhere(isTimestamp))],
  ["timestamp with time zone", comparable("timestamptz", textWhere(isTimestampWithZone))],
  ["bytea", comparable("bytea", encodeBytes)],
  ["jsonb", comparable("jsonb", encodeJson)],
  ["json", incomparable("json", encodeJson)],
  [
    "bit",
    comparable(
      '"bit"',
      textWhere((text) => /^[01]+$/.test(text)),
    ),
  ],
  [
    "bit varying",
    comparable(
      "varbit",
      textWhere((text) => /^[01]*$/.test(text)),
    ),
  ],
  ["xml", incomparable("xml")],
  ["jsonpath", incomparable("jsonpath")],
  ["point", incomparable("point")],
  ["line", incomparable("line")],
  ["lseg", incomparable("lseg")],
  ["box", incomparable("box")],
  ["path", incomparable("path")],
  ["polygon", incomparable("polygon")],
  ["circle", incomparable("circle")],
]);
