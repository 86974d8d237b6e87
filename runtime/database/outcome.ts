import type { CallErrorCode } from "../../schema/errors.ts";
import { CallError, DoneAnswerTooLarge } from "../error.ts";
import { reportIn } from "./database.ts";

/** How many statements of a call may have changed the database, by the call's signal. */
const writes = new WeakMap<AbortSignal, number>();

/** Counts a statement or a commit that was sent, and may have changed the database. */
export function countWrite(signal: AbortSignal | undefined): void {
  if (signal !== undefined) writes.set(signal, (writes.get(signal) ?? 0) + 1);
}

/** Takes back {@link countWrite} for what surely changed nothing. */
export function discountWrite(signal: AbortSignal | undefined): void {
  if (signal !== undefined) writes.set(signal, (writes.get(signal) ?? 0) - 1);
}

/** Whether a call that is given up may have changed the database. */
export const mayHaveWritten = (signal: AbortSignal): boolean => (writes.get(signal) ?? 0) > 0;

/** The answer when it is not known whether a write was done. To send it again might do it twice. */
export const outcomeUnknown = (cause?: unknown): CallError =>
  new CallError("outcome_unknown", "It is not known whether the call was done: its answer was lost.", {
    cause,
  });

/** The answers that say that nothing was changed, or that the call may be sent again. */
const undone: ReadonlySet<CallErrorCode> = new Set([
  "unavailable",
  "timeout",
  "schema_mismatch",
  "answer_too_large",
]);

/** Whether an answer is one of these. Of conflicts only those are that no constraint made: a collision, a changed table. */
function isUndone(failure: CallError): boolean {
  if (failure.code !== "conflict")
    return undone.has(failure.code) && !(failure instanceof DoneAnswerTooLarge);
  const report = reportIn(failure);
  return report !== undefined && !report.code.startsWith("23");
}

/** The failure of a call, where it says no more than what is true: what ran before may have changed the database. */
export function trueOf(failure: Error, signal: AbortSignal): Error {
  if (!(failure instanceof CallError && isUndone(failure) && mayHaveWritten(signal))) return failure;
  const message = "The call failed after it may have written something, which stays.";
  return new CallError("outcome_unknown", message, { cause: failure });
}
