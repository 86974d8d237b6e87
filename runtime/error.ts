import { type CallErrorCode, callErrors } from "../schema/errors.ts";

/**
 * What a {@link CallError} may carry beside its message. `details` goes to the client; `cause` and `reason`, a short
 * text without values, only to the log.
 */
export type CallErrorOptions = {
  details?: Readonly<Record<string, unknown>>;
  cause?: unknown;
  reason?: string;
};

/**
 * An error that is the answer to a call. Its message and details are shown to the client, so they never hold what
 * the caller may not know; everything else that is thrown is answered as `internal`.
 *
 * @example throw new CallError("invalid_params", "`where.id` is not a uuid.", { details: { path: "where.id" } });
 */
export class CallError extends Error {
  override readonly name = "CallError";
  readonly code: CallErrorCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly reason: string | undefined;

  constructor(code: CallErrorCode, message: string, options: CallErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.details = options.details;
    this.reason = options.reason;
  }

  /** The HTTP status of the code. */
  get status(): number {
    return callErrors[this.code];
  }
}

/** The answer where the answer would be larger than `limits.answer`. */
export const answerTooLarge = (bytes: number): CallError =>
  new CallError(
    "answer_too_large",
    `The answer is larger than ${bytes} bytes. Ask for fewer rows or columns.`,
  );

/** The same for a call that may have written, and is done. */
export class DoneAnswerTooLarge extends CallError {
  constructor(bytes: number) {
    super(
      "answer_too_large",
      `The call was made, but its answer is larger than ${bytes} bytes. Ask for fewer rows or columns.`,
    );
  }
}
