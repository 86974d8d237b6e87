import { reportIn } from "../database/database.ts";
import { CallError } from "../error.ts";

/**
 * Makes a call, and tells the caller what the database says to its users: the message of an error whose SQLSTATE, or its
 * class of two characters, is one that the connection declares under `raises`.
 *
 * @throws {CallError} `logic_failed` with it, and the SQLSTATE as `details.code`; what the call throws for others.
 */
export async function telling<T>(raises: readonly string[] | undefined, call: () => Promise<T>): Promise<T> {
  if (raises === undefined) return call();
  try {
    return await call();
  } catch (error) {
    // What a module throws of its own is not the database's, whatever its cause is.
    const report = error instanceof CallError ? reportIn(error) : undefined;
    if (report === undefined) throw error;
    const { code, message } = report;
    if (!raises.includes(code) && !raises.includes(code.slice(0, 2))) throw error;
    throw new CallError("logic_failed", message, { details: { code }, cause: report });
  }
}
