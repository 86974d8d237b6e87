import { type ArrayElement, writeArray } from "./array.ts";
import { quoteIdentifier } from "./quote.ts";
import { type Encoder, encodeText, type Scalar, scalars } from "./scalars.ts";

/** A column's type: how a JSON value becomes Postgres' text of it, and how a parameter is cast to it. */
export type SqlType = Scalar & {
  /** Postgres' own spelling, as it is shown to the caller. */
  readonly name: string;
  /** The type of an array's elements. */
  readonly element: SqlType | undefined;
  /** Whether Postgres reads more spellings than `encode`, which only knows those that every client agrees on. */
  readonly loose: boolean;
  /** The type that a column of this one is selected as, where its own OID is not known to `values.ts`. */
  readonly selectAs: string | undefined;
};

/**
 * Reads a type as the manifest spells it (`format_type`). Values of a type that is neither built in nor an enum are
 * Postgres' own text.
 *
 * @example sqlType("character varying(20)[]", new Map()).cast // "varchar[]"
 */
export function sqlType(name: string, enums: ReadonlyMap<string, readonly string[]>): SqlType {
  const elementName = /^(.+?)(?:\[\])+$/s.exec(name)?.[1];
  if (elementName !== undefined) return arrayOf(sqlType(elementName, enums), name);
  const labels = enums.get(unquoted(name));
  if (labels !== undefined)
    return { ...enumOf(unquoted(name), labels), name, loose: false, element: undefined, selectAs: undefined };
  const cast = withoutModifier(name);
  const known = scalars.get(cast);
  if (known !== undefined)
    return {
      ...known,
      name,
      loose: !known.text && !exact.has(cast),
      element: undefined,
      selectAs: undefined,
    };
  return {
    name,
    cast,
    encode: encodeText,
    comparable: true,
    text: false,
    loose: true,
    element: undefined,
    selectAs: undefined,
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

function arrayOf(element: SqlType, name: string): SqlType {
  const isBuiltIn = scalars.has(withoutModifier(element.name));
  return {
    name,
    cast: `${element.cast}[]`,
    encode: encodeArray(element.encode),
    comparable: element.comparable,
    text: false,
    loose: true,
    element,
    selectAs: isBuiltIn ? undefined : "text[]",
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

/** Lists of values, NULLs and, for more dimensions, lists of the same length. */
function encodeArray(encode: Encoder): Encoder {
  return (value) => {
    const elements = Array.isArray(value) ? encodeElements(value, encode, maxDimensions) : undefined;
    return elements === undefined ? undefined : writeArray(elements);
  };
}

function encodeElements(
  values: readonly unknown[],
  encode: Encoder,
  dimensions: number,
): ArrayElement[] | undefined {
  const elements: ArrayElement[] = [];
  const [first] = values;
  const length = Array.isArray(first) ? first.length : undefined;
  for (const value of values) {
    if ((Array.isArray(value) ? value.length : undefined) !== length) return undefined;
    const element =
      value === null ? null : Array.isArray(value) ? nested(value, encode, dimensions) : encode(value);
    if (element === undefined) return undefined;
    elements.push(element);
  }
  return elements;
}

const nested = (
  value: readonly unknown[],
  encode: Encoder,
  dimensions: number,
): ArrayElement[] | undefined =>
  dimensions > 1 && value.length > 0 ? encodeElements(value, encode, dimensions - 1) : undefined;

/** `audit."Level"` is `audit.Level`. A declared name holds neither quotes nor dots. */
const unquoted = (name: string): string => name.replaceAll('"', "");

/** `numeric(10,2)` is `numeric`, `timestamp(3) with time zone` is `timestamp with time zone`. */
const withoutModifier = (name: string): string => name.replace(/\s*\([^)]*\)/, "");
