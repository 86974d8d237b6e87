/** Exit codes of `stk`; documented and stable. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  pending: 3,
  blocked: 4,
  /** By SIGINT, as Ctrl-C sends it. */
  interrupted: 130,
  /** By SIGTERM. */
  terminated: 143,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What an {@link StkError} may carry beside its message. */
export type StkErrorOptions = {
  /** What the user can do next, as a sentence. */
  hint?: string;
  /** Facts for `--json`; never a secret. */
  details?: Record<string, unknown>;
  cause?: unknown;
  exitCode?: ExitCode;
};

/**
 * An error that the user can do something about. Everything else that is thrown is a defect of ours.
 *
 * @example throw new StkError("registry_denied", "ghcr.io refused the push", { hint: "Log in: docker login ghcr.io" });
 */
export class StkError extends Error {
  override readonly name = "StkError";
  readonly code: string;
  readonly hint: string | undefined;
  readonly details: Record<string, unknown> | undefined;
  readonly exitCode: ExitCode;

  /** @param code stable, snake_case; a script may depend on it. */
  constructor(code: string, message: string, options: StkErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.details = options.details;
    this.exitCode = options.exitCode ?? exitCodes.failed;
  }
}
