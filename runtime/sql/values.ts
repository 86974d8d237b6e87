import { readArray } from "./array.ts";
import { JsonText } from "./json-text.ts";

/** Reads one value from Postgres' text into what JSON may hold; JSON itself as {@link JsonText}. */
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

/** Postgres' own text. */
export const asText: Decoder = (text) => text;
const asBoolean: Decoder = (text) => text.startsWith("t");
const asJson: Decoder = (text) => new JsonText(text);
// JSON.stringify writes -0 as 0.
const asNumber: Decoder = (text) => {
  if (text === "-0") return JSON.rawJSON(text);
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
};
const asBase64: Decoder = (text) => Buffer.from(text.slice(2), "hex").toString("base64");

// Years before Christ have no RFC 3339, and infinity has none either: they stay as Postgres writes them.
const isCommonEra = (text: string): boolean => !text.endsWith("BC") && !text.endsWith("infinity");
const asTimestamp: Decoder = (text) => (isCommonEra(text) ? text.replace(" ", "T") : text);
const asTimestampWithZone: Decoder = (text) =>
  isCommonEra(text) && text.endsWith("+00") ? `${text.slice(0, -3).replace(" ", "T")}Z` : text;

// A bound is in quotes, as a timestamp has a space.
const bound = /"([^"]+)"/g;
const withBounds =
  (decode: (text: string) => unknown): Decoder =>
  (text) =>
    text.replace(bound, (_, one: string) => `"${decode(one)}"`);

/** By OID, the OID of an array of it, and the decoder (`pg_type.dat`). What is not here and no array is text. */
const builtIn: readonly (readonly [oid: number, array: number, name: string, decode: Decoder])[] = [
  [16, 1000, "boolean", asBoolean],
  [17, 1001, "bytea", asBase64],
  [18, 1002, '"char"', asText],
  [19, 1003, "name", asText],
  [20, 1016, "bigint", asText],
  [21, 1005, "smallint", asNumber],
  [23, 1007, "integer", asNumber],
  [25, 1009, "text", asText],
  [26, 1028, "oid", asText],
  [114, 199, "json", asJson],
  [142, 143, "xml", asText],
  [700, 1021, "real", asNumber],
  [701, 1022, "double precision", asNumber],
  [790, 791, "money", asText],
  [869, 1041, "inet", asText],
  [650, 651, "cidr", asText],
  [829, 1040, "macaddr", asText],
  [1042, 1014, "character", asText],
  [1043, 1015, "character varying", asText],
  [1082, 1182, "date", asText],
  [1083, 1183, "time without time zone", asText],
  [1114, 1115, "timestamp without time zone", asTimestamp],
  [1184, 1185, "timestamp with time zone", asTimestampWithZone],
  [1186, 1187, "interval", asText],
  [1266, 1270, "time with time zone", asText],
  [1560, 1561, "bit", asText],
  [1562, 1563, "bit varying", asText],
  [1700, 1231, "numeric", asText],
  [2950, 2951, "uuid", asText],
  [3802, 3807, "jsonb", asJson],
  [3908, 3909, "tsrange", withBounds(asTimestamp)],
  [3910, 3911, "tstzrange", withBounds(asTimestampWithZone)],
  [4533, 6152, "tsmultirange", withBounds(asTimestamp)],
  [4534, 6153, "tstzmultirange", withBounds(asTimestampWithZone)],
];

const byOid: ReadonlyMap<number, Decoder> = new Map(
  builtIn.flatMap(([oid, array, , decode]): [number, Decoder][] => [
    [oid, decode],
    [array, (text) => readArray(text, decode)],
  ]),
);
const byName: ReadonlyMap<string, Decoder> = new Map(builtIn.map(([, , name, decode]) => [name, decode]));

/**
 * The decoder of a built-in type's text, as `schema/wire.ts` says; undefined for a type that is not known here.
 *
 * @example decoderOf(1184)?.("2026-11-21 02:19:42.123456+00") // "2026-11-21T02:19:42.123456Z"
 */
export const decoderOf = (oid: number): Decoder | undefined => byOid.get(oid);

/** The decoder of a type by Postgres' spelling without a length or precision; its text for one that is not known. */
export const decoderOfName = (name: string): Decoder => byName.get(name) ?? asText;
