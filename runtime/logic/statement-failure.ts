import type { Statement } from "../../schema/manifest.ts";
import { type DatabaseError, isDatabaseError } from "../database/database.ts";
import { CallError } from "../error.ts";
import { answerTo, readParameter } from "../sql/failure.ts";
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

/** {@link logicFailure} of a statement of SQL logic: where it failed, or which parameter Postgres could not read. */
export function statementFailure(
  error: unknown,
  path: string,
  statement: Statement,
  values: readonly (string | null)[],
  readOnly?: boolean,
): unknown {
  if (!isDatabaseError(error)) return error;
  return (
    unreadableParameter(error, statement, values) ??
    logicFailure(error, placeOf(error, path, statement), readOnly)
  );
}

/** Conditions of a text in a small language whose message does not quote it: jsonpath, regular expressions, `like`. */
const ofLanguage: ReadonlySet<string> = new Set(["42601", "2201B", "22025"]);

/**
 * The refusal of a value that the caller gave. It is the caller's where Postgres was reading a parameter, where it quotes
 * one as what it cannot read, or where a text in a small language is malformed and the statement has one from the caller.
 * The statement itself was parsed when the project was built: a syntax error with a position would be its own.
 */
function unreadableParameter(
  error: DatabaseError,
  { bindings, types }: Statement,
  values: readonly (string | null)[],
): CallError | undefined {
  const { code, message, position, internalQuery } = error;
  const given = bindings.flatMap((binding, index) => {
    const value = values[index];
    return binding.from === "param" && typeof value === "string"
      ? [{ name: binding.name, value, index }]
      : [];
  });
  const number = readParameter(error);
  const read = given.find(({ index }) => index + 1 === number);
  if (read !== undefined) return unreadable(read.name, code);
  if (position !== undefined || internalQuery !== undefined || !(code.startsWith("22") || code === "42601"))
    return undefined;
  const quoted = given.find(({ value }) => message.includes(`"${value}"`));
  if (quoted !== undefined) return unreadable(quoted.name, code);
  const texts = given.filter(({ index }) => /^(?:text|jsonpath|citext|character)/.test(types[index] ?? ""));
  const [text] = texts;
  if (!ofLanguage.has(code) || text === undefined) return undefined;
  return texts.length === 1 ? unreadable(text.name, code) : unreadableText(texts, code);
}

/** Of several texts nothing says which one it is. */
const unreadableText = (texts: readonly { readonly name: string }[], code: string): CallError =>
  new CallError(
    "invalid_params",
    `One of ${texts.map(({ name }) => `\`${name}\``).join(", ")} is not written as the call needs it (${code}).`,
  );

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
