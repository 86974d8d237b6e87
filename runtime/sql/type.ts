import type { DeclaredSchema } from "../../schema/declared.ts";
import { type ArrayElement, readArray, writeArray } from "./array.ts";
import { type Encoder, encodeText } from "./encode.ts";
import { quoteIdentifier } from "./quote.ts";
import { type Scalar, scalars } from "./scalars.ts";
import type { JsonPath } from "./sent-json.ts";
import { asText, type Decoder, decoderOfName } from "./values.ts";

/** A column's type: how a JSON value becomes Postgres' text of it, and how a parameter is cast to it. */
export type SqlType = Scalar & {
  /** Postgres' own spelling, as it is shown to the caller. */
  readonly name: string;
  /** The same with length or precision, and of a domain what it is over. */
  readonly spelled: string;
  readonly decode: Decoder;
  /** The type of an array's elements. */
  readonly element: SqlType | undefined;
  /** Whether Postgres reads more spellings than `encode`, which only knows those that every client agrees on. */
  readonly loose: boolean;
};

/** The types that a schema declares: an enum's labels, and the base type of a domain. */
export type OwnTypeNames = {
  readonly enums: ReadonlyMap<string, readonly string[]>;
  readonly domains: ReadonlyMap<string, string>;
};

/** The types of a declared schema. */
export const ownTypeNames = (schema: DeclaredSchema | undefined): OwnTypeNames => ({
  enums: new Map(Object.entries(schema?.enums ?? {})),
  domains: new Map(Object.entries(schema?.domains ?? {})),
});

/**
 * Reads a type as the manifest spells it (`format_type`). A domain reads and writes as its base type. Values of a type
 * that is neither built in nor declared are Postgres' own text.
 *
 * @example sqlType("character varying(20)[]", ownTypeNames(schema)).cast // "varchar[]"
 */
export function sqlType(name: string, own: OwnTypeNames): SqlType {
  const elementName = /^(.+?)(?:\[\])+$/s.exec(name)?.[1];
  if (elementName !== undefined) {
    const array = arrayOf(sqlType(elementName, own), name);
    // An array of a domain is not equal to one of its base type.
    return own.domains.has(elementName) ? { ...array, cast: `${elementName}[]` } : array;
  }
  const base = own.domains.get(name);
  if (base !== undefined) return { ...sqlType(base, own), name };
  const labels = own.enums.get(unquoted(name));
  if (labels !== undefined)
    return {
      ...enumOf(unquoted(name), labels),
      name,
      spelled: name,
      decode: asText,
      loose: false,
      element: undefined,
    };
  const cast = withoutModifier(name);
  const known = scalars.get(cast);
  return {
    ...(known ?? { cast, encode: encodeText, comparable: true, text: false }),
    name,
    spelled: name,
    decode: decoderOfName(cast),
    loose: known === undefined || (!known.text && !exact.has(cast)),
    element: undefined,
  };
}

const exact: ReadonlySet<string> = new Set([
  "boolean",
  "smallint",
  "integer",
  "bigint",
  "numeric",
  "real",
  "double precision",
]);

/** The type of a list of these, for `= any(...)`. */
export const listOf = (element: SqlType): SqlType => arrayOf(element, `${element.name}[]`);

/** Whether it is a domain, which reads and writes as the type that it is over. */
export const isDomain = ({ name, spelled }: SqlType): boolean => name !== spelled;

/** Whether it is a declared enum, or a domain over one: its values are known exactly, and its name is always quoted. */
export const isEnum = ({ cast, loose, element }: SqlType): boolean =>
  !loose && element === undefined && cast.startsWith('"');

/** SQL of a value of a type as its operators take it: those of enums take no domain over one. */
export const asOperand = (sql: string, type: SqlType): string =>
  isDomain(type) && isEnum(type) ? `(${sql})::${type.cast}` : sql;

/** Whether a type has a length, a precision, a scale or fields, so that Postgres may pad or round a value of it. */
export const isModified = ({ name }: SqlType): boolean => /\(\d|^interval /.test(name);

/** Whether its values are JSON, of one document or of a list. */
export const isJson = ({ cast, element }: SqlType): boolean =>
  element === undefined ? cast === "json" || cast === "jsonb" : isJson(element);

/** Whether it is `json`, or a list of it. */
export const holdsJson = (type: SqlType): boolean => (type.element ?? type).cast === "json";

/**
 * Whether a value is kept as the JSON that was sent: one of `json` and an element of `json[]`, which keep order,
 * duplicates and spaces.
 *
 * @param path the way from a value of the type.
 */
export const isSentAt = (type: SqlType | undefined, path: JsonPath): boolean =>
  type !== undefined && holdsJson(type) && path.length === (type.element === undefined ? 0 : 1);

function arrayOf(element: SqlType, name: string): SqlType {
  // An extension may separate elements by what it likes; text[] is read by commas.
  const isForeign = element.decode === asText && element.encode === encodeText && !element.text;
  const delimiter = element.cast === "box" ? ";" : ",";
  return {
    name,
    spelled: name,
    cast: isForeign && delimiter === "," ? `text[]::${element.cast}[]` : `${element.cast}[]`,
    encode: encodeArray(element, delimiter),
    decode: (text) => readArray(text, element.decode, delimiter),
    comparable: element.comparable,
    text: false,
    loose: true,
    element,
  };
}

const enumOf = (name: string, labels: readonly string[]): Scalar => {
  const known = new Set(labels);
  return {
    cast: name.split(".").map(quoteIdentifier).join("."),
    encode: (value) => (typeof value === "string" && known.has(value) ? value : undefined),
    comparable: true,
    text: false,
  };
};

const maxDimensions = 6;

/**
 * Lists of values, NULLs and, for more dimensions, lists of the same length. A list of JSON, or of a domain over an array,
 * has one dimension: a list within it is a value.
 */
function encodeArray({ cast, encode, element: inList }: SqlType, delimiter: string): Encoder {
  const isList = cast === "json" || cast === "jsonb" || inList !== undefined;
  const inner = isList ? undefined : maxDimensions - 1;
  return (value) => {
    const elements = Array.isArray(value) ? encodeElements(value, encode, inner) : undefined;
    return elements === undefined ? undefined : writeArray(elements, delimiter);
  };
}

/** @param inner how many dimensions there may be within; undefined where a list is a value. */
function encodeElements(
  values: readonly unknown[],
  encode: Encoder,
  inner: number | undefined,
): ArrayElement[] | undefined {
  const nests = (value: unknown): value is unknown[] => Array.isArray(value) && inner !== undefined;
  const elements: ArrayElement[] = [];
  const [first] = values;
  const length = nests(first) ? first.length : undefined;
  for (const value of values) {
    if ((nests(value) ? value.length : undefined) !== length) return undefined;
    const element = value === null ? null : nests(value) ? nested(value, encode, inner) : encode(value);
    if (element === undefined) return undefined;
    elements.push(element);
  }
  return elements;
}

const nested = (value: readonly unknown[], encode: Encoder, inner = 0): ArrayElement[] | undefined =>
  inner > 0 && value.length > 0 ? encodeElements(value, encode, inner - 1) : undefined;

/** `audit."Level"` is `audit.Level`. A declared name holds neither quotes nor dots. */
const unquoted = (name: string): string => name.replaceAll('"', "");

/** `numeric(10,2)` is `numeric`, `timestamp(3) with time zone` is `timestamp with time zone`, `interval day` is `interval`. */
const withoutModifier = (name: string): string =>
  name.replace(/\s*\([^)]*\)/, "").replace(/^interval .*/, "interval");

/** Postgres stops at an escape with nothing behind it, but only in rows that match so far: an error that would tell. */
const encodePattern: Encoder = (value) => {
  const text = encodeText(value);
  let escapes = 0;
  while (text?.at(-1 - escapes) === "\\") escapes += 1;
  return escapes % 2 === 0 ? text : undefined;
};

/** The type of a pattern, a whole one: one of `char(5)` would lose the blanks at its end. */
export const patternType: SqlType = {
  ...sqlType("text", ownTypeNames(undefined)),
  name: "pattern",
  encode: encodePattern,
};
