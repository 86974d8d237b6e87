import {
  type Encoder,
  encodeBoolean,
  encodeBytes,
  encodeFloat,
  encodeInteger,
  encodeInternalCharacter,
  encodeJson,
  encodeNumeric,
  encodeText,
  textWhere,
  textWithin,
} from "./encode.ts";
import { isMultirangeOf, isRangeOf } from "./ranges.ts";
import {
  isDate,
  isTime,
  isTimestamp,
  isTimestampWithZone,
  isTimeWithZone,
  keepsMicroseconds,
} from "./temporal.ts";

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
const pattern = (cast: string, encode: Encoder = encodeText): Scalar => ({
  cast,
  encode,
  comparable: true,
  text: true,
});

const rangesOf = (name: string, isBound: (text: string) => boolean): [string, Scalar][] => [
  [`${name}range`, comparable(`${name}range`, textWhere(isRangeOf(isBound)))],
  [`${name}multirange`, comparable(`${name}multirange`, textWhere(isMultirangeOf(isBound)))],
];

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const asDouble = (value: number): number => value;

/** Built-in types by Postgres' own spelling (`format_type`) without a length or precision. */
export const scalars: ReadonlyMap<string, Scalar> = new Map([
  ["text", pattern("text")],
  ["character varying", pattern("varchar")],
  ["character", pattern("bpchar")],
  ["name", pattern("name", textWithin(63))],
  ["citext", pattern("citext")],
  ['"char"', comparable('"char"', encodeInternalCharacter)],
  ["smallint", comparable("smallint", encodeInteger(16))],
  ["integer", comparable("integer", encodeInteger(32))],
  ["bigint", comparable("bigint", encodeInteger(64))],
  ["numeric", comparable("numeric", encodeNumeric)],
  ["real", comparable("real", encodeFloat(Math.fround))],
  ["double precision", comparable("double precision", encodeFloat(asDouble))],
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
  ["interval", comparable("interval", textWhere(keepsMicroseconds))],
  ...rangesOf("date", isDate),
  ...rangesOf("ts", isTimestamp),
  ...rangesOf("tstz", isTimestampWithZone),
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
