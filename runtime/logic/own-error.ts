import { type CallErrorCode, callErrors } from "../../schema/errors.ts";
import { isDatabaseError } from "../database/database.ts";
import { CallError } from "../error.ts";
import { ownCopy } from "./own-copy.ts";

const maxCauses = 4;
const reportFields = [
  "code",
  "severity",
  "schema",
  "table",
  "column",
  "constraint",
  "position",
  "where",
  "internalQuery",
] as const;

/**
 * What a module threw, as an error that can be answered and logged: reading it runs no code of the module again, and
 * its details are JSON.
 */
export function ownError(thrown: unknown, causes = 0): Error {
  try {
    return copyOf(thrown, causes);
  } catch {
    return new Error("A module threw what cannot be read.");
  }
}

function copyOf(thrown: unknown, causes: number): Error {
  if (!(thrown instanceof Error)) return new Error(`A module threw ${inWords(thrown)}, which is no error.`);
  const { cause, code }: { cause?: unknown; code?: unknown } = thrown;
  const options = cause === undefined || causes >= maxCauses ? {} : { cause: ownError(cause, causes + 1) };
  const message = String(thrown.message);
  if (thrown instanceof CallError && isCode(code)) {
    let details: unknown;
    try {
      details = ownCopy(thrown.details);
    } catch (cause) {
      const { stack } = thrown;
      const error = new Error("The details of `context.fail` are no JSON.", {
        cause: ownError(cause, maxCauses),
      });
      return typeof stack === "string" ? Object.defineProperty(error, "stack", { value: stack }) : error;
    }
    return new CallError(code, message, { ...options, ...(isObject(details) && { details }) });
  }
  const copy = new Error(message, options);
  const report = isDatabaseError(thrown) ? reportFields : reportFields.slice(0, 1);
  for (const field of ["name", "stack", ...report]) {
    const value: unknown = Reflect.get(thrown, field);
    if (typeof value === "string") Object.defineProperty(copy, field, { value });
  }
  return copy;
}

const isCode = (code: unknown): code is CallErrorCode =>
  typeof code === "string" && Object.hasOwn(callErrors, code);

const longestText = 200;

/** A thrown value for the log; of an object only its kind, as reading it could run code of the module. */
function inWords(thrown: unknown): string {
  if (typeof thrown === "string") return JSON.stringify(thrown.slice(0, longestText));
  if (typeof thrown === "object" && thrown !== null) return Array.isArray(thrown) ? "a list" : "an object";
  return typeof thrown === "function" || typeof thrown === "symbol" ? `a ${typeof thrown}` : String(thrown);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
