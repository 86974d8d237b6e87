import { StkError, type StkErrorOptions } from "../core/error.ts";

/** What a {@link RegistryFailure} knows beside an error's usual parts. */
type FailureOptions = StkErrorOptions & {
  /** Whether the same request may well succeed later. */
  temporary?: boolean;
  /** HTTP status; undefined where there was no answer. */
  status?: number;
  /** What the registry asked to wait, in milliseconds. */
  retryAfterMs?: number | undefined;
};

/** A request to a registry that did not do what it was for. Codes: `registry_unreachable`, `registry_denied`,
 * `image_not_found`, `registry_error`. */
export class RegistryFailure extends StkError {
  readonly temporary: boolean;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: string, message: string, options: FailureOptions = {}) {
    super(code, message, options);
    this.temporary = options.temporary ?? false;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** A URL as it may be shown and logged: without user, password, query and fragment, which may hold secrets. */
export const redactUrl = (url: URL): string => `${url.origin}${url.pathname}`;
