import { answerTooLarge, CallError, DoneAnswerTooLarge } from "../error.ts";
import { sealed } from "../sealed.ts";
import type { Result } from "./bounded-query.ts";
import type { Rows, SqlStatement } from "./database.ts";
import { countWrite, discountWrite, outcomeUnknown } from "./outcome.ts";
import { mayCallWriter } from "./read.ts";

/** What a statement is to the transaction that it runs in: all of it, its begin, a part, or its end. */
export type Part = "whole" | "begin" | "inner" | "commit" | "rollback";

/** What is sent, and how. */
export type Sending = {
  readonly statement: SqlStatement;
  readonly values: readonly unknown[];
  readonly signal: AbortSignal | undefined;
  /** Whether it has its session for itself, until it is answered. */
  readonly exclusive: boolean;
  readonly part: Part;
  /** Whether its transaction refuses writes, whatever the server does. */
  readonly refusesWrites?: boolean | undefined;
};

/** A statement on its way, from the call that asks to the answer that it gets, once. */
export class Pending {
  readonly sending: Sending;
  /** Whether it was sent a second time; then without its name, so that what a session keeps does not matter. */
  repeated = false;
  /** Whether it is given only to a session that is opened from this moment on. */
  after = Number.NEGATIVE_INFINITY;
  /** Whether it has its session for itself: so does what was cancelled, as it may wait for a lock. */
  exclusive: boolean;
  settled = false;
  /** On how many sessions it is sent and not answered. */
  underWay = 0;
  /** Whether its answer is here, and only the types of its columns are asked for. */
  read = false;
  /** Whether Postgres said that it ran; what may still follow is its commit. */
  completed = false;
  /** Whether Postgres gave up to wait for a standby: the commit is here, and may not be there. */
  unreplicated = false;
  /** The command tag of the answer: `SELECT`, `COMMIT`, ... */
  command: string | undefined;
  readonly #resolve: (rows: Rows) => void;
  readonly #reject: (error: unknown) => void;
  #counted = false;
  #exceeds: number | undefined;

  constructor(sending: Sending, resolve: (rows: Rows) => void, reject: (error: unknown) => void) {
    this.sending = sending;
    this.exclusive = sending.exclusive;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Whether running it may change the database for good. */
  get writes(): boolean {
    const { part, statement } = this.sending;
    return (part === "whole" || part === "commit") && statement.readOnly !== true;
  }

  /** Whether another session may answer it first: it only reads, and is sent once. */
  get mayBeOvertaken(): boolean {
    return this.sending.statement.readOnly === true && !this.settled && !this.repeated;
  }

  /** Told when it leaves. */
  leave(): void {
    this.completed = false;
    this.read = false;
    this.underWay += 1;
    if (!this.writes || this.#counted) return;
    this.#counted = true;
    countWrite(this.sending.signal);
  }

  /** Its rows have more than so many bytes: a write that is a transaction of its own is done all the same. */
  exceed(bytes: number): void {
    const { part, exclusive } = this.sending;
    if (part === "whole" && exclusive) this.#exceeds = bytes;
    else this.reject(answerTooLarge(bytes));
  }

  resolve({ rows, rowCount, command }: Result): void {
    if (this.settled) return;
    if (this.unreplicated) {
      this.rejectUnknown(new Error("Postgres gave up to wait for a standby."));
      return;
    }
    if (this.#exceeds !== undefined) {
      this.#fail(new DoneAnswerTooLarge(this.#exceeds));
      return;
    }
    this.settled = true;
    const { part, exclusive, statement, signal } = this.sending;
    if (this.#counted && part === "whole" && !exclusive && !mayCallWriter(statement)) discountWrite(signal);
    this.command = command;
    this.#resolve({ rows, count: rowCount ?? 0 });
  }

  /** Fails what surely changed nothing. */
  reject(error: unknown): void {
    if (this.settled) return;
    if (this.#counted) discountWrite(this.sending.signal);
    this.#fail(error);
  }

  /** Fails what may have been done. */
  rejectUnknown(cause: unknown): void {
    this.#fail(outcomeUnknown(cause));
  }

  #fail(error: unknown): void {
    if (this.settled) return;
    this.settled = true;
    this.#reject(error);
  }

  /** Answers `timeout` when the call's signal ended it before it was sent; says whether it is settled. */
  settleIfAborted(): boolean {
    if (this.sending.signal?.aborted === true) this.reject(timedOut());
    return this.settled;
  }
}
sealed(Pending);

/** The answer when the call's time is over and nothing was changed. */
export const timedOut = (cause?: unknown): CallError =>
  new CallError("timeout", "The call took too long and was cancelled.", { cause });

/** The answer when the database is not there, and nothing was changed. */
export const unreachable = (cause?: unknown): CallError =>
  new CallError("unavailable", "The database cannot be reached.", { cause });

/** The answer when too many wait for a session, or for too long. */
export const busy = (): CallError =>
  new CallError("unavailable", "All connections to the database are in use. Try again in a moment.");
