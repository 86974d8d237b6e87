import { reportIn } from "../database/database.ts";
import { CallError } from "../error.ts";

/**
 * Makes a call, and tells the caller what the database says to its users: the message of an error whose SQLSTATE, or its
 * class of two characters, is one that the connection declares under `raises`.
 *
 * @throws {CallError} `logic_failed` with it, and the SQLSTATE as `details.code`; what the call throws for others.
 */
export const telling = <T>(raises: readonly string[] | undefined, call: () => Promise<T>): Promise<T> =>
  raises === undefined
    ? call()
    : call().catch((error: unknown) => {
        throw told(raises, error);
      });

function told(raises: readonly string[], error: unknown): unknown {
  // What a module throws of its own is not the database's, whatever its cause is.
  const report = error instanceof CallError ? reportIn(error) : undefined;
  if (report === undefined) return error;
  const { code, message } = report;
  if (!raises.includes(code) && !raises.includes(code.slice(0, 2))) return error;
  return new CallError("logic_failed", message, { details: { code }, cause: report });
}
