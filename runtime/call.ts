import type { Caller } from "./caller.ts";
import type { Sent } from "./sql/sent-json.ts";

/** What accompanies a call from where it came in to the database. */
export type CallRun = {
  readonly requestId: string;
  /** Aborted when the call's time is over. No other request has the same one. */
  readonly signal: AbortSignal;
  /** When the call's time is over, on the clock of `performance.now`. */
  readonly deadline: number;
  /** The idempotency key that the client gave. */
  readonly key?: string | undefined;
  /** What the client sent. */
  readonly sent?: Sent | undefined;
  /** How many calls of logic stand between the client and this one. */
  readonly depth: number;
};

/**
 * Answers a call with JSON.
 *
 * @throws {CallError} what the caller is told; everything else is answered as `internal`.
 */
export type CallHandler = (params: unknown, caller: Caller, run: CallRun) => Promise<Answer>;

/** The answer to a call as JSON. */
export type Answer = {
  readonly data: string;
  /** Whether a select without `limit` has more rows than it gives. */
  readonly more: boolean;
};

/** The calls of a project. */
export type Calls = {
  /**
   * Makes a call.
   *
   * @throws {CallError} `not_found` for a path that is none, and what the call itself throws.
   */
  call(path: string, params: unknown, caller: Caller, run: CallRun): Promise<Answer>;
  /** Whether a call only reads, so that it may be ended when nobody waits for its answer. */
  reads(path: string): boolean;
};
