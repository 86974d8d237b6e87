import { lexSql } from "./sql/lexer.ts";

/**
 * What Postgres calls an expression where it names an index after it (FigureIndexColname in PostgreSQL's
 * parse_target.c): the function that is called, the column, or the type that something nameless is cast to; else
 * `expr`.
 */
export function expressionName(expression: string): string {
  const words = lexSql(expression).tokens.map(({ start, end }) => expression.slice(start, end));
  return nameOf(words)?.name ?? "expr";
}

/** Where a name is not sure, the type that it is cast to is taken instead. */
type Name = { name: string; sure: boolean };

/** Words that make of what is beside them something nameless. */
const operators = new Set([
  ...["and", "or", "not", "is", "isnull", "notnull", "in", "like", "ilike", "similar", "between"],
]);

/** The functions behind what has a syntax of its own. */
const functions: Readonly<Record<string, string>> = { trim: "btrim" };

/** Types that Postgres keeps by another name. */
const types: Readonly<Record<string, string>> = {
  int: "int4",
  integer: "int4",
  smallint: "int2",
  bigint: "int8",
  real: "float4",
  float: "float8",
  "double precision": "float8",
  decimal: "numeric",
  dec: "numeric",
  boolean: "bool",
  char: "bpchar",
  character: "bpchar",
  "character varying": "varchar",
  "bit varying": "varbit",
  "timestamp with time zone": "timestamptz",
  "timestamp without time zone": "timestamp",
  "time with time zone": "timetz",
  "time without time zone": "time",
};

function nameOf(words: readonly string[]): Name | undefined {
  const [first = "", second] = words;
  if (first === "(" && closing(words, 0) === words.length - 1) return nameOf(words.slice(1, -1));
  const lower = first.toLowerCase();
  if (lower === "case" && words.at(-1)?.toLowerCase() === "end") return nameOfCase(words);
  const outer = outermost(words);
  if (outer.some((at) => isOperator(words[at] ?? ""))) return undefined;
  const collate = outer.findLast((at) => words[at]?.toLowerCase() === "collate");
  if (collate !== undefined) return nameOf(words.slice(0, collate));
  const zone = outer.find((at) => /^at time zone$/i.test(words.slice(at, at + 3).join(" ")));
  if (zone !== undefined) return { name: "timezone", sure: true };
  const cast = outer.findLast((at) => words[at] === "::");
  if (cast !== undefined) return castName(words.slice(0, cast), words.slice(cast + 1));
  if (lower === "cast" && second === "(") {
    const as = words.findLastIndex((word) => word.toLowerCase() === "as");
    return castName(words.slice(2, as), words.slice(as + 1, -1));
  }
  if (words.at(-1) === "]" && lower !== "array") return nameOf(words.slice(0, opening(words)));
  const named = words.at(-1) === ")" ? words.slice(0, opening(words)) : words;
  const last = named.at(-1) ?? "";
  if (!/^[A-Za-z_"\u0080-\uffff]/.test(last) && lower !== "array") return undefined;
  const name = identifierOf(lower === "array" ? first : last);
  return { name: named === words ? name : (functions[name] ?? name), sure: true };
}

function nameOfCase(words: readonly string[]): Name {
  const within = words.slice(1, -1);
  const otherwise = outermost(within).findLast((at) => within[at]?.toLowerCase() === "else");
  const found = otherwise === undefined ? undefined : nameOf(within.slice(otherwise + 1));
  return found?.sure === true ? found : { name: "case", sure: false };
}

function castName(value: readonly string[], type: readonly string[]): Name {
  const found = nameOf(value);
  if (found?.sure === true) return found;
  const named = outermost(type).flatMap((at) => (/^[A-Za-z_"]/.test(type[at] ?? "") ? [type[at] ?? ""] : []));
  const whole = named.join(" ").toLowerCase();
  return {
    name: types[whole] ?? identifierOf((type.includes(".") ? named.at(-1) : named[0]) ?? ""),
    sure: false,
  };
}

const isOperator = (word: string): boolean =>
  operators.has(word.toLowerCase()) || /^[-+*/<>=~!@#%^&|`?]$/.test(word);

const identifierOf = (word: string): string =>
  word.startsWith('"') ? word.slice(1, -1).replaceAll('""', '"') : word.toLowerCase();

/** The places that are neither in brackets nor in a `case`. */
function outermost(words: readonly string[]): number[] {
  const places: number[] = [];
  let depth = 0;
  words.forEach((word, at) => {
    if (/^(?:[)\]]|end)$/i.test(word)) depth -= 1;
    if (depth === 0) places.push(at);
    if (/^(?:[([]|case)$/i.test(word)) depth += 1;
  });
  return places;
}

/** Where the bracket that opens at a place is closed. */
function closing(words: readonly string[], from: number): number {
  let depth = 0;
  for (let at = from; at < words.length; at += 1) {
    if (words[at] === "(" || words[at] === "[") depth += 1;
    if (words[at] === ")" || words[at] === "]") depth -= 1;
    if (depth === 0) return at;
  }
  return words.length;
}

/** Where the bracket that the last word closes is opened. */
const opening = (words: readonly string[]): number =>
  words.findLastIndex((_, at) => "([".includes(words[at] ?? " ") && closing(words, at) === words.length - 1);
