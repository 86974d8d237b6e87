import { mayHaveWritten, outcomeUnknown } from "../database/outcome.ts";
import { timedOut } from "../database/pending.ts";
import { CallError } from "../error.ts";

/** The body is declared as something else than JSON. */
export const notJson = (): CallError =>
  new CallError("unsupported_media_type", "Send the call as application/json.");

/** The body has a content coding. */
export const encoded = (): CallError =>
  new CallError("unsupported_media_type", "Send the call without a content coding.");

/** More calls are being made than the limit. */
export const tooMany = (): CallError =>
  new CallError("too_many_requests", "Too many calls are being made. Try again in a moment.");

/** The release does not take calls yet. */
export const notReady = (): CallError => new CallError("unavailable", "The service is not ready yet.");

/** The path is none that the Bridge serves. */
export const noSuchPath = (): CallError =>
  new CallError("not_found", "There is only /call, /healthz and /readyz.");

/** The call's time is over: where it may have written, nobody knows whether it did. */
export const givenUp = (signal: AbortSignal): CallError =>
  mayHaveWritten(signal) ? outcomeUnknown() : timedOut();

/** Why there is no body, by what came instead of it; each takes the limit of a body in bytes. */
export const bodyErrors = {
  too_large: (bytes: number) => new CallError("payload_too_large", `The body is larger than ${bytes} bytes.`),
  late: () => new CallError("request_timeout", "The request did not come in time."),
  crowded: () => new CallError("unavailable", "Too many bodies arrive at once. Try again in a moment."),
  malformed: () => new CallError("malformed_request", "The body's chunks are malformed."),
} as const;
