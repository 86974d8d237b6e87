import type { QueryResult } from "pg";
import { CallError } from "../error.ts";
import type { Rows, SqlStatement } from "./database.ts";

/** What is sent, and how. */
export type Sending = {
  readonly statement: SqlStatement;
  readonly values: readonly unknown[];
  readonly signal: AbortSignal | undefined;
  /** Whether it has its session for itself, until it is answered. */
  readonly exclusive: boolean;
  /** Whether it may be sent a second time: it is not part of a transaction. */
  readonly repeatable: boolean;
};

/** A statement on its way, from the call that asks to the answer that it gets, once. */
export class Pending {
  readonly sending: Sending;
  readonly since: number;
  repeated = false;
  settled = false;
  /** The command tag of the answer: `SELECT`, `COMMIT`, ... */
  command: string | undefined;
  readonly #resolve: (rows: Rows) => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    sending: Sending,
    since: number,
    resolve: (rows: Rows) => void,
    reject: (error: unknown) => void,
  ) {
    this.sending = sending;
    this.since = since;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  resolve({ rows, rowCount, command }: QueryResult): void {
    if (this.settled) return;
    this.settled = true;
    this.command = command;
    this.#resolve({ rows, count: rowCount ?? 0 });
  }

  reject(error: unknown): void {
    if (this.settled) return;
    this.settled = true;
    this.#reject(error);
  }

  /** Answers `timeout` when the call's signal ended it; says whether it is settled. */
  settleIfAborted(): boolean {
    if (this.sending.signal?.aborted === true) this.reject(timedOut());
    return this.settled;
  }
}

/** The answer when the call's time is over. */
export const timedOut = (): CallError =>
  new CallError("timeout", "The call took too long and was cancelled.");

/** The answer when the database is not there. */
export const unreachable = (cause?: unknown): CallError =>
  new CallError("unavailable", "The database cannot be reached.", { cause });

/** The answer when too many wait for it, or for too long. */
export const busy = (): CallError => new CallError("unavailable", "The database is busy.");
