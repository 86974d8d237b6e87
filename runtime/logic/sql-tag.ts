import { bridgeLimits } from "../../config/bridge.ts";
import { exactJson } from "../../src/core/exact-json.ts";
import { isDatabaseError, type Queryable, type Row, type SqlStatement } from "../database/database.ts";
import { repeatedOf } from "../database/repeated-column.ts";
import { type ArrayElement, writeArray } from "../sql/array.ts";
import { encodeBytes } from "../sql/encode.ts";
import { programValue } from "../sql/json-text.ts";
import { statementName } from "../sql/statement-name.ts";
import type { Sql } from "./context.ts";
import { transactionControl } from "./transaction-control.ts";
import { castKind, plain, type ValueKind, valueKinds } from "./value-kinds.ts";

/** Where `sql` sends its statements. */
export type SqlPlace = Queryable & {
  readonly connection: string;
  /** Runs some statements on one session. */
  together<T>(work: (session: Queryable) => Promise<T>): Promise<T>;
};

/** A template's statement, and the stack of its first use, which leads to the line of the module. */
type Template = {
  readonly statement: SqlStatement;
  readonly used: { readonly stack?: string };
  /** What the values stand for by the casts behind them. */
  readonly casts: readonly (ValueKind | undefined)[];
  /** What they stand for to Postgres, by connection. */
  readonly kinds: Map<string, readonly ValueKind[]>;
};

const templates = new WeakMap<TemplateStringsArray, Template>();

/**
 * The `sql` of a database or a transaction.
 *
 * @throws {Error} for a row of which two columns have one name.
 * @throws {TypeError} for a value that is none: undefined, a function, a symbol, a promise that was not awaited; for a
 *   statement that would begin or end a transaction.
 */
export function sqlTag(place: SqlPlace, signal: AbortSignal): Sql {
  return async <T extends object>(
    strings: TemplateStringsArray,
    ...values: readonly unknown[]
  ): Promise<T[]> => {
    const template = templateOf(strings);
    const { statement, used, casts } = template;
    const said = (index: number) => `Value ${index + 1} of the statement`;
    const isAsked = (value: unknown, index: number) =>
      (typeof value === "string" || Array.isArray(value)) && casts[index] === undefined;
    try {
      const kinds = values.some(isAsked) ? await kindsOf(template, place) : [];
      const bindings = values.map((value, index) => bound(value, said(index), casts[index] ?? kinds[index]));
      const { rows } = await place.query(statement, bindings, signal);
      const repeated = repeatedOf(rows[0]);
      if (repeated !== undefined)
        throw new Error(`The result has two columns named \`${repeated}\`: name them apart with \`as\`.`);
      return rows.map(asRow<T>);
    } catch (error) {
      const failure = untypedValue(error) ?? error;
      // The stack of what the socket brought leads to the socket, and a promise that is returned has none of its module.
      if (failure instanceof Error)
        failure.stack = [`${failure.name}: ${failure.message}`, ...framesOf(used.stack)].join("\n");
      throw failure;
    }
  };
}

/** A value that stands where none can be, as in quotes or in a comment, or whose type nothing says. */
function untypedValue(cause: unknown): Error | undefined {
  if (!isDatabaseError(cause)) return undefined;
  const { code, message } = cause;
  if (code !== "42P18" && code !== "08P01") return undefined;
  const number = code === "42P18" ? /\$(\d+)/.exec(message)?.[1] : undefined;
  return new Error(
    `A \${value} of a statement${number === undefined ? "" : ` (number ${number})`} is not used, or nothing says its type. ` +
      "In quotes and in comments there are no values: take it out of them, or write its type, as in ${value}::text.",
    { cause },
  );
}

/** The caller says what its columns are; the compiler cannot know better. */
function asRow<T extends object>(row: Row): T;
function asRow(row: Row): Row {
  for (const name of Object.keys(row)) row[name] = programValue(row[name]);
  return row;
}

/** Read member by member: the methods of a list may be a module's own, and give what is no text. */
function textOf(strings: readonly unknown[]): string {
  let text = "";
  for (let index = 0; index < strings.length; index += 1) {
    const part = strings[index];
    if (typeof part !== "string")
      throw new TypeError("A template of sql`...` holds something that is no text.");
    text += index === 0 ? part : `$${index}${part}`;
  }
  return text;
}

/** A template stands at one place of the code and has one text, so it is prepared. */
function templateOf(strings: TemplateStringsArray): Template {
  const known = templates.get(strings);
  if (known !== undefined) return known;
  if (!Array.isArray(strings) || !("raw" in strings))
    throw new TypeError("Write sql`...` with the values as ${value}: sql is not called with a string.");
  const text = textOf(strings);
  const control = transactionControl(text);
  if (control !== undefined)
    throw new TypeError(
      `\`${control}\` cannot be sent: context.transaction() begins a transaction, and ends it with its function.`,
    );
  const used: { stack?: string } = {};
  Error.captureStackTrace(used, templateOf);
  const casts = strings.slice(1).map(castKind);
  const statement = {
    name: statementName(text),
    text,
    ofLogic: true,
    maxBytes: bridgeLimits.logic.readBytes,
  };
  const template = { statement, used, casts, kinds: new Map() };
  templates.set(strings, template);
  return template;
}

async function kindsOf(
  { statement, kinds }: Template,
  { connection, together }: SqlPlace,
): Promise<readonly ValueKind[]> {
  const known = kinds.get(connection);
  if (known !== undefined) return known;
  const asked = await together((session) => valueKinds(session, statement.text));
  kinds.set(connection, asked);
  return asked;
}

const framesOf = (stack = ""): string[] => stack.split("\n").slice(1);

/** @param place what the value is, for a message. */
function bound(value: unknown, place: string, kind: ValueKind = plain): string | null {
  if (value === null) return null;
  if (Array.isArray(value)) return boundList(value, place, kind);
  switch (typeof value) {
    case "string":
      if (!value.isWellFormed())
        throw new TypeError(`${place} is half a character (a lone surrogate), which is no text.`);
      return kind === "bytes" ? boundBytes(value, place) : value;
    case "number":
      return numberText(value);
    case "bigint":
    case "boolean":
      return String(value);
    case "object":
      return boundObject(value, place);
    case "undefined":
      throw new TypeError(`${place} is undefined: write null where NULL is meant.`);
    default:
      throw new TypeError(`${place} is a ${typeof value}, which SQL has no value for.`);
  }
}

/** Every digit of what a double holds: JavaScript writes zeros beyond 2^53, and drops the sign of zero. */
function numberText(value: number): string {
  if (Object.is(value, -0)) return "-0";
  const isBeyond = Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21;
  return isBeyond ? String(BigInt(value)) : String(value);
}

/** @throws {TypeError} which says where the value stands. */
function jsonAt(value: unknown, place: string): string | undefined {
  try {
    return exactJson(value);
  } catch (error) {
    throw error instanceof TypeError ? new TypeError(`${place}: ${error.message}`, { cause: error }) : error;
  }
}

function boundList(list: readonly unknown[], place: string, kind: ValueKind): string {
  if (kind === "json") return jsonAt(list, place) ?? "null";
  if (kind === "bytes") throw new TypeError(`${place} is a list, where bytes are to stand.`);
  return writeArray(elements(list, place, kind.of), kind.delimiter);
}

/** Bytes are base64 in all that a module is given; Postgres' own text of them begins with `\\x`. */
function boundBytes(text: string, place: string): string {
  if (text.startsWith("\\x")) return text;
  const hex = encodeBytes(text);
  if (hex === undefined) throw new TypeError(`${place} is no base64, as which bytes are read and written.`);
  return hex;
}

// Array.from, as map leaves out what a sparse list lacks.
const elements = (list: readonly unknown[], place: string, of: ValueKind | undefined): ArrayElement[] =>
  Array.from(list, (item, index) => {
    const at = `${place}[${index}]`;
    if (!Array.isArray(item)) return bound(item, at, of);
    return of === undefined || of === "bytes" ? elements(item, at, of) : boundList(item, at, of);
  });

function boundObject(value: object, place: string): string {
  if (value instanceof Date) return writeDate(value, place);
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`;
  if ("then" in value) throw new TypeError(`${place} is a promise: await it first.`);
  const json = jsonAt(value, place);
  if (json === undefined) throw new TypeError(`${place} is an object that gives no JSON.`);
  return json;
}

/** As Postgres reads it: JavaScript writes years after 9999 and before 0 with a sign (ECMA-262, 21.4.1.32). */
function writeDate(date: Date, place: string): string {
  if (Number.isNaN(date.getTime())) throw new TypeError(`${place} is a Date that is no time.`);
  const year = date.getUTCFullYear();
  const rest = date.toISOString().replace(/^[+-]?\d+/, "");
  return `${String(year > 0 ? year : 1 - year).padStart(4, "0")}${rest}${year > 0 ? "" : " BC"}`;
}
