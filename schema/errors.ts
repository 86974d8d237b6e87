/**
 * The codes that the Bridge answers with, and the HTTP status of each.
 * A code is a promise to clients: it never changes its meaning and is never taken away.
 */
export const callErrors = {
  malformed_request: 400,
  invalid_params: 400,
  constraint_violated: 400,
  unauthenticated: 401,
  invalid_token: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  conflict: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  expectation_failed: 417,
  key_refused: 422,
  logic_failed: 422,
  answer_too_large: 422,
  too_many_requests: 429,
  headers_too_large: 431,
  internal: 500,
  // Not 502 to 504: proxies and clients send those calls again by themselves.
  outcome_unknown: 500,
  not_implemented: 501,
  schema_mismatch: 503,
  keys_unavailable: 501,
  unavailable: 503,
  timeout: 504,
  http_version_not_supported: 505,
} as const;

/** One of the {@link callErrors}. */
export type CallErrorCode = keyof typeof callErrors;

/** The one shape of an error on the wire. */
export type ErrorBody = {
  error: { code: CallErrorCode; message: string; requestId: string; details?: Record<string, unknown> };
};
