import { readArray } from "./array.ts";

/** Reads one value from Postgres' text into what JSON may hold. */
export type Decoder = (text: string) => unknown;

/** What {@link decoderOf} and the table calls take for granted; set on every connection. */
export const sessionSettings: Readonly<Record<string, string>> = {
  client_encoding: "UTF8",
  TimeZone: "UTC",
  DateStyle: "ISO, YMD",
  IntervalStyle: "iso_8601",
  extra_float_digits: "1",
  bytea_output: "hex",
  standard_conforming_strings: "on",
};

const asText: Decoder = (text) => text;
const asBoolean: Decoder = (text) => text === "t";
const asJson: Decoder = (text) => JSON.parse(text);
const asNumber: Decoder = (text) => {
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
};
const asBase64: Decoder = (text) => Buffer.from(text.slice(2), "hex").toString("base64");

// Years before Christ have no RFC 3339, and infinity has none either: they stay as Postgres writes them.
const isCommonEra = (text: string): boolean => !text.endsWith("BC") && !text.endsWith("infinity");
const asTimestamp: Decoder = (text) => (isCommonEra(text) ? text.replace(" ", "T") : text);
const asTimestampWithZone: Decoder = (text) =>
  isCommonEra(text) && text.endsWith("+00") ? `${text.slice(0, -3).replace(" ", "T")}Z` : text;

/** By OID, the OID of an array of it, and the decoder (`pg_type.dat`). */
const builtIn: readonly (readonly [oid: number, array: number, decode: Decoder])[] = [
  [16, 1000, asBoolean],
  [17, 1001, asBase64],
  [18, 1002, asText], // "char"
  [19, 1003, asText], // name
  [20, 1016, asText], // bigint
  [21, 1005, asNumber], // smallint
  [23, 1007, asNumber], // integer
  [25, 1009, asText], // text
  [26, 1028, asText], // oid
  [114, 199, asJson],
  [142, 143, asText], // xml
  [700, 1021, asNumber], // real
  [701, 1022, asNumber], // double precision
  [790, 791, asText], // money
  [869, 1041, asText], // inet
  [650, 651, asText], // cidr
  [829, 1040, asText], // macaddr
  [1042, 1014, asText], // character
  [1043, 1015, asText], // character varying
  [1082, 1182, asText], // date
  [1083, 1183, asText], // time
  [1114, 1115, asTimestamp],
  [1184, 1185, asTimestampWithZone],
  [1186, 1187, asText], // interval
  [1266, 1270, asText], // time with time zone
  [1560, 1561, asText], // bit
  [1562, 1563, asText], // bit varying
  [1700, 1231, asText], // numeric
  [2950, 2951, asText], // uuid
  [3802, 3807, asJson], // jsonb
];

const decoders = new Map<number, Decoder>(
  builtIn.flatMap(([oid, array, decode]): [number, Decoder][] => [
    [oid, decode],
    [array, (text) => readArray(text, decode)],
  ]),
);

/**
 * The decoder of a type's text, as `schema/wire.ts` says; Postgres' own text for a type that is not known here.
 * Numbers inside `json` are read as JSON.parse reads them.
 *
 * @example decoderOf(1184)("2026-11-21 02:19:42.123456+00") // "2026-11-21T02:19:42.123456Z"
 */
export const decoderOf = (oid: number): Decoder => decoders.get(oid) ?? asText;
