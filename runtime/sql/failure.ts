import type { CallErrorCode } from "../../schema/errors.ts";
import { type DatabaseError, isDatabaseError } from "../database/database.ts";
import { CallError } from "../error.ts";

/** A constraint that a row broke, and its columns; a column that must have a value has no name before Postgres 18. */
export type BrokenConstraint = { readonly constraint?: string; readonly columns: readonly string[] };

type Answer = readonly [code: CallErrorCode, message: string];

const constraint: Answer = ["constraint_violated", "The row breaks a constraint of its table."];
const collided: Answer = ["conflict", "The write collided with another one at the same time. Try again."];
const unfit: Answer = ["invalid_params", "A value is out of range, too long or not of its column's type."];
const away: Answer = ["unavailable", "The database cannot be reached."];
const scarce: Answer = ["unavailable", "The database has no resources left for this call."];
const unknown: Answer = ["outcome_unknown", "It is not known whether the call was done."];
const failed: Answer = ["internal", "The call failed."];
const late: Answer = ["timeout", "The call took too long and was cancelled."];

/** By SQLSTATE, or by its class of two characters (PostgreSQL manual, Appendix A). */
const answers: ReadonlyMap<string, Answer> = new Map([
  ["23505", ["conflict", "A row with this key exists."]],
  ["23P01", ["conflict", "The row excludes one that exists."]],
  ["23503", ["constraint_violated", "The row refers to one that is not there, or is still referred to."]],
  ["23502", ["constraint_violated", "A required column has no value."]],
  ["23", constraint],
  ["44", constraint], // with check option
  ["40", collided],
  ["40003", unknown], // statement completion unknown
  ["08007", unknown], // transaction resolution unknown
  ["55P03", ["unavailable", "What the call needs is locked by others. Try again in a moment."]],
  ["22", unfit],
  ["22012", ["invalid_params", "The call divides by zero."]],
  ["54", unfit],
  ["42883", ["invalid_params", "A column's type does not have this operator."]],
  ["57014", late],
  ["25P04", late],
  ["57", away],
  ["53", scarce],
  ["53100", ["unavailable", "The database has no space left on its disk."]],
  ["08", away],
  ["08P01", failed], // a message of ours that Postgres does not understand
  ["25006", ["unavailable", "The database is read-only at this moment."]],
]);

/** Where in the params stands what Postgres refused. */
export type Blame = {
  /** Where a parameter was sent. */
  readonly parameter: (number: number) => string | undefined;
  /** Where a value stands that is longer or greater than its column's type. */
  readonly oversized?: () => string | undefined;
  /** The statement that was refused. */
  readonly text?: () => string;
};

/**
 * What a caller is told when Postgres refused: never its own text, which holds values and names that the caller may
 * not know. `broken` gives the broken constraint, where the caller may know it.
 */
export function answerTo(
  error: unknown,
  broken: (error: DatabaseError) => BrokenConstraint | undefined,
  blame?: Blame,
): unknown {
  if (!isDatabaseError(error)) return error;
  const [code, message] = isOfValue(error) ? unfit : isOfOwnCode(error) ? failed : answerOf(error);
  const parameter = readParameter(error) ?? comparedParameter(error, blame?.text?.());
  const isUnnamed = message === unfit[1] && parameter === undefined;
  const path = parameter === undefined ? isUnnamed && blame?.oversized?.() : blame?.parameter(parameter);
  const details = !path ? (error.code.startsWith("23") ? broken(error) : undefined) : { path };
  const reason = code === "internal" ? undefined : reasonOf(error);
  return new CallError(code, message, {
    cause: error,
    ...(details && { details }),
    ...(reason !== undefined && { reason }),
  });
}

const answerOf = (error: DatabaseError): Answer =>
  answers.get(error.code) ?? answers.get(error.code.slice(0, 2)) ?? failed;

/**
 * What the input of a type reports of a text beside class 22: syntax errors of jsonpath, tsquery and ltree, and names of
 * regclass and its like that are none or not there.
 */
const ofText: ReadonlySet<string> = new Set(["42601", "42602", "42622", "42P01", "42704", "42725", "3F000"]);

/** The context of a parameter that is read, with a line of the type's at most before it: that of JSON holds what was sent. */
const readsParameter = /^(?:(?:[^"\n]*"[^\n]*"|JSON[^\n]*)\n)?[^"\n]* \$(\d+)/;

/** The number of the parameter that Postgres was reading, from 1. */
export function readParameter({ where }: DatabaseError): number | undefined {
  const number = readsParameter.exec(where ?? "")?.[1];
  return number === undefined ? undefined : Number(number);
}

/** The number of the parameter behind an operator that its type does not have. */
function comparedParameter({ code, position }: DatabaseError, text = ""): number | undefined {
  // Postgres counts characters from 1.
  const rest =
    code === "42883" && position !== undefined ? [...text].slice(Number(position) - 1).join("") : "";
  const number = /^\S+ (?:any\()?\$(\d+)/.exec(rest)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** Whether a value was not read. A statement that is composed here would be refused with a position. */
const isOfValue = ({ code, position, internalQuery, where }: DatabaseError): boolean =>
  where === undefined
    ? ofText.has(code) && position === undefined && internalQuery === undefined
    : readsParameter.test(where) && !/^(?:22|23|4[04]|5|08)/.test(code);

/** The context of a function. That of JSON holds what the caller sent. */
const inFunction = /(?:^|\n)(?!JSON)[^\n]*(?:PL\/\w|SQL function )/;

/** Where a function refused what a constraint may refuse too: a line of the log that is no error would not say it. */
function reasonOf({ code, where = "" }: DatabaseError): string | undefined {
  const place = /^(?:PL\/\w+|SQL) function .*$/m.exec(where)?.[0];
  return place === undefined ? undefined : `${code} in ${place}`;
}

/** Whether a function, such as a trigger's, failed in a way that would be the caller's fault in a statement made here. */
const isOfOwnCode = (error: DatabaseError): boolean =>
  inFunction.test(error.where ?? "") && answerOf(error)[0] === "invalid_params";

/**
 * Whether a row breaks a constraint that looks at nothing but the row, NOT NULL or CHECK. What a function wrote elsewhere
 * has a context.
 */
export const breaksRow = (error: unknown): boolean =>
  isDatabaseError(error) && /^23(?:502|514)$/.test(error.code) && error.where === undefined;

/** Whether the same call may go well a moment later: a serialization failure or a deadlock. */
export const isCollision = (error: unknown): boolean =>
  isDatabaseError(error) && (error.code === "40001" || error.code === "40P01");
