import type { Statement } from "../../schema/manifest.ts";
import { type DatabaseError, isDatabaseError } from "../database/database.ts";
import { CallError } from "../error.ts";
import { answerTo, readParameter } from "../sql/failure.ts";
import { patternType } from "../sql/type.ts";
import { invalid } from "../table/params.ts";

/** Classes that say nothing of the statement: collisions, resources, operators, sessions (PostgreSQL manual, Appendix A). */
const ofTheMoment = /^(?:40...|55P03|25P04|25006|5[37]...|08(?!P01)...)$/;

/**
 * What is answered where Postgres refused a statement of logic and no module caught it: `internal`, with the refusal as its
 * cause, since the statement is the project's own. What depends on the moment is told as for tables. A write that
 * `readOnly` logic makes is its own fault, not that of a server that takes none.
 */
export function logicFailure(error: unknown, place?: string, readOnly?: boolean): unknown {
  if (!isDatabaseError(error)) return error;
  if (ofTheMoment.test(error.code) && !(readOnly === true && error.code === "25006"))
    return answerTo(error, () => undefined);
  const cause = place === undefined ? error : new Error(`A statement failed at ${place}.`, { cause: error });
  return new CallError("internal", "The call failed.", { cause });
}

/** What was sent of a statement of SQL logic. */
export type SentStatement = {
  readonly statement: Statement;
  readonly values: readonly (string | null)[];
  /** Whether the caller sent a parameter, so that its value is not its default. */
  readonly isSent: (name: string) => boolean;
};

/** {@link logicFailure} of a statement of SQL logic: where it failed, or which text Postgres could not read. */
export function statementFailure(
  error: unknown,
  path: string,
  sent: SentStatement,
  readOnly?: boolean,
): unknown {
  if (!isDatabaseError(error)) return error;
  const place = placeOf(error, path, sent.statement);
  return unreadableText(error, sent, place) ?? logicFailure(error, place, readOnly);
}

/** Conditions of a text in a small language whose message does not quote it: jsonpath, regular expressions, `like`. */
const ofLanguage: ReadonlySet<string> = new Set(["42601", "2201B", "22025"]);

/** A text that was bound: from the caller, from the token, or the default of a parameter. */
type Bound = {
  readonly name: string;
  readonly value: string;
  readonly type: string;
  readonly number: number;
  readonly from: "caller" | "token" | "default";
};

/**
 * The refusal of a text that is bound. It is that one which Postgres was reading or which its message quotes, or, where a
 * text in a small language is malformed, one of the texts. The statement itself was parsed when the project was built: a
 * syntax error with a position would be its own. So is a default.
 */
function unreadableText(error: DatabaseError, sent: SentStatement, place: string): CallError | undefined {
  const { code, message, position, internalQuery } = error;
  const bound = boundTexts(sent);
  const number = readParameter(error);
  if (number !== undefined)
    return refusalOf(
      bound.filter((one) => one.number === number),
      error,
      place,
    );
  if (position !== undefined || internalQuery !== undefined || !(code.startsWith("22") || code === "42601"))
    return undefined;
  const quoted = bound.filter(({ value }) => message.includes(`"${value}"`));
  if (quoted.length > 0) return refusalOf(quoted.slice(0, 1), error, place);
  if (!ofLanguage.has(code)) return undefined;
  const texts = bound.filter(({ type }) => /^(?:text|jsonpath|citext|character)/.test(type));
  const patterns = code === "22025" ? texts.filter(({ value }) => isNoPattern(value)) : [];
  if (patterns.length > 0) return refusalOf(patterns, error, place);
  // The text of a stored row may be it just as well, so that a token alone is not blamed.
  return texts.some(({ from }) => from === "caller") ? refusalOf(texts, error, place) : undefined;
}

const isNoPattern = (text: string): boolean => patternType.encode(text) === undefined;

/** The texts of a statement, those that the caller sent first. */
function boundTexts({ statement: { bindings, types }, values, isSent }: SentStatement): Bound[] {
  const bound = bindings.flatMap((binding, index): Bound[] => {
    const value = values[index];
    if (typeof value !== "string") return [];
    const given = isSent(binding.name) ? "caller" : "default";
    const from = binding.from === "param" ? given : "token";
    return [{ name: binding.name, value, type: types[index] ?? "text", number: index + 1, from }];
  });
  return bound.toSorted((a, b) => Number(a.from !== "caller") - Number(b.from !== "caller"));
}

/** The refusal where one of some texts is not written as the statement needs it; undefined where all are the project's. */
function refusalOf(texts: readonly Bound[], error: DatabaseError, place: string): CallError | undefined {
  const names = new Set(texts.flatMap(({ from, name }) => (from === "caller" ? [name] : [])));
  const hasClaim = texts.some(({ from }) => from === "token");
  const [first] = names;
  if (first === undefined)
    return hasClaim
      ? new CallError("forbidden", "Your token holds a claim that is not written as the call needs it.", {
          cause: error,
          reason: `a claim is refused by ${error.code} at ${place}`,
        })
      : undefined;
  if (names.size === 1 && !hasClaim) return unreadable(first, error.code);
  // Nothing says which one it is.
  const all = [...[...names].map((name) => `\`${name}\``), ...(hasClaim ? ["a claim of your token"] : [])];
  return new CallError(
    "invalid_params",
    `One of ${all.join(", ")} is not written as the call needs it (${error.code}).`,
  );
}

const unreadable = (name: string, code: string): CallError =>
  invalid(name, `is not written as the call needs it (${code})`);

/** `logic/PATH.sql:LINE:COLUMN`: where Postgres points, or else where the statement begins. */
function placeOf({ position }: DatabaseError, path: string, { sql, places = [] }: Statement): string {
  // Postgres counts characters from 1, JavaScript UTF-16 units from 0.
  const offset = [...sql].slice(0, Number(position ?? 1) - 1).join("").length;
  const [at, line, column] = places.findLast(([start]) => start <= offset) ?? [0, 1, 1];
  const lines = sql.slice(at, offset).split("\n");
  const last = lines.at(-1)?.length ?? 0;
  return `logic/${path}.sql:${line + lines.length - 1}:${lines.length === 1 ? column + last : last + 1}`;
}
