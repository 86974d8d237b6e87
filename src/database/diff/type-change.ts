import { quoteIdentifier, quoteLiteral } from "../identifier.ts";
import type { Column } from "../model/model.ts";

/** Types of which each holds every value of those before it. */
const families: readonly (readonly string[])[] = [
  ["smallint", "integer", "bigint", "numeric"],
  ["smallint", "integer", "double precision"],
  ["real", "double precision"],
  ["character varying", "text"],
  ["character", "character varying"],
  ["date", "timestamp without time zone"],
  ["json", "jsonb"],
];

const textual: ReadonlySet<string> = new Set(["text", "character varying", "character"]);
/** Types without an equality operator: their values are compared as text. */
const incomparable: ReadonlySet<string> = new Set(["json", "xml", "point", "box", "line", "polygon", "path"]);

type Type = { name: string; modifiers: readonly number[]; dimensions: string };

/** `timestamp(3) with time zone[]` is the name `timestamp with time zone`, the modifier 3 and the dimensions `[]`. */
function parseType(type: string): Type {
  const [, head = type, modifiers = "", tail = "", dimensions = ""] =
    /^([^([]+?)(?:\(([\d,-]+)\))?((?: [^([]+)?)((?:\[\])*)$/.exec(type) ?? [];
  return {
    name: head + tail,
    modifiers: modifiers === "" ? [] : modifiers.split(",").map(Number),
    dimensions,
  };
}

/** Whether every value of the one type is a value of the other, so that no row has to be looked at. */
export function isWidening(from: string, to: string): boolean {
  const a = parseType(from);
  const b = parseType(to);
  if (a.dimensions !== b.dimensions) return b.name === "text" && b.dimensions === "";
  if (b.name === "text") return true;
  if (a.name === b.name) return holds(a, b);
  return families.some((family) => {
    const position = family.indexOf(a.name);
    return position !== -1 && family.indexOf(b.name) > position && holdsAcross(a, b);
  });
}

function holds(a: Type, b: Type): boolean {
  const [precisionA, scaleA = 0] = a.modifiers;
  const [precisionB, scaleB = 0] = b.modifiers;
  if (precisionB === undefined) return true;
  if (precisionA === undefined) return false;
  if (a.name !== "numeric") return precisionB >= precisionA && a.name !== "bit";
  return scaleB >= scaleA && precisionB - scaleB >= precisionA - scaleA;
}

function holdsAcross(a: Type, b: Type): boolean {
  const [limit] = b.modifiers;
  if (limit === undefined) return true;
  return textual.has(b.name) && a.modifiers[0] !== undefined && limit >= a.modifiers[0];
}

/** A column whose type changes, with the values of its new type where that is an enum. */
export type TypeChange = { column: string; from: Column; to: Column; values: readonly string[] | undefined };

/** The SQL that makes the new value out of the old one. */
export function conversion({ column, from, to, values }: TypeChange): string {
  const value = quoteIdentifier(column);
  const a = parseType(from.type);
  const b = parseType(to.type);
  const zone = "with time zone";
  if (from.type === to.type) return value;
  if (a.dimensions === b.dimensions && a.name.endsWith(zone) && b.name === "timestamp without time zone")
    return `(${value} at time zone 'UTC')::${to.type}`;
  if (a.dimensions === b.dimensions && a.name === "timestamp without time zone" && b.name.endsWith(zone))
    return `(${value} at time zone 'UTC')::${to.type}`;
  if (values !== undefined && !textual.has(a.name)) return `${value}::text${a.dimensions}::${to.type}`;
  return `${value}::${to.type}`;
}

/**
 * The condition of rows whose value would not survive, or undefined where all do. Text that does not parse as the
 * new type survives nowhere, and Postgres says so by itself.
 */
export function lossCondition(change: TypeChange): string | undefined {
  const { column, from, to, values } = change;
  if (isWidening(from.type, to.type)) return undefined;
  const value = quoteIdentifier(column);
  const source = parseType(from.type);
  const target = parseType(to.type);
  if (values !== undefined) {
    const list = `array[${values.map(quoteLiteral).join(", ")}]::text[]`;
    return target.dimensions === ""
      ? `${value}::text <> all (${list})`
      : `not (${value}::text::text[] <@ ${list})`;
  }
  if (textual.has(source.name) && !textual.has(target.name))
    return `(${conversion(change)})::text is null and ${value} is not null`;
  const back = conversion({ column, from: to, to: from, values: undefined }).replace(
    value,
    `(${conversion(change)})`,
  );
  const cast = incomparable.has(source.name) ? "::text" : "";
  return `(${back})${cast} is distinct from ${value}${cast}`;
}

/** The values of the enum that a type is, or is an array of. */
export const enumValuesOf = (
  type: string,
  enums: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined => enums.get(type.replace(/(\[\])+$/, "").replaceAll('"', ""));
