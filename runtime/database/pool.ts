import { bridgeLimits } from "../../config/bridge.ts";
import type { Log } from "../log.ts";
import { sealed } from "../sealed.ts";
import type { Result } from "./bounded-query.ts";
import type { PoolSettings } from "./config.ts";
import { Connector } from "./connector.ts";
import { Contention } from "./contention.ts";
import type { Database, Queryable, Rows, SqlStatement, TransactionOptions } from "./database.ts";
import { isCancelled, isLostStatement, isNameTaken, isReadOnly, isSessionFailure } from "./failure.ts";
import { FullPool } from "./full-pool.ts";
import { Opener } from "./opener.ts";
import { Pending, type Sending, timedOut, unreachable } from "./pending.ts";
import { isPlainRead } from "./read.ts";
import { Reserved } from "./reserved.ts";
import { Seldom } from "./seldom.ts";
import type { Session } from "./session.ts";
import { Sessions } from "./sessions.ts";
import { settleFailure } from "./settle-failure.ts";
import { runTransaction, TableChanged } from "./transaction.ts";
import { giveSession, type Waiter, Waiting, waiterFor, waiterForAny } from "./waiting.ts";

const limits = bridgeLimits.pool;

/**
 * A {@link Database} on Postgres. Plain reads are pipelined: each goes to a session that is free, or to one that is
 * opened, else behind the fewest others. One that finds itself behind a slow statement is sent to a free session too. A
 * write or a transaction has a session for itself, as it may wait for locks. A session is opened when a statement
 * finds all others busy. What ran on one that is lost fails: with `unavailable` where it surely changed nothing, else with
 * `outcome_unknown`. What only reads is sent once more.
 * @throws {StkError} `invalid_connection` when the URL is not one of Postgres.
 */
export const createPool = (name: string, settings: PoolSettings, log: Log): Database =>
  new Pool(name, settings, log);

class Pool implements Database {
  readonly reserved: Queryable;
  readonly #name: string;
  readonly #connector: Connector;
  readonly #opener: Opener;
  readonly #aside: Reserved;
  readonly #settings: PoolSettings;
  readonly #log: Log;
  readonly #sessions: Sessions;
  readonly #waiting = new Waiting();
  readonly #contention: Contention;
  readonly #full: FullPool;
  readonly #demotion = new Seldom(limits.demotedEveryMs);
  readonly #sweeper: NodeJS.Timeout;
  #closed = false;

  constructor(name: string, settings: PoolSettings, log: Log) {
    this.#name = name;
    this.#connector = new Connector(name, settings, log);
    this.#opener = new Opener(name, this.#connector, this, log);
    this.#aside = new Reserved(this.#connector, settings.connectTimeoutMs, () => this.#opener.reach());
    this.reserved = settings.pool === 1 ? this : this.#aside;
    this.#contention = new Contention(settings.pool, this.#aside);
    this.#settings = settings;
    this.#full = new FullPool(name, settings.pool, log);
    this.#sessions = new Sessions(settings);
    this.#log = log;
    this.#sweeper = setInterval(() => this.#sweep(performance.now()), limits.sweepMs).unref();
  }

  query(statement: SqlStatement, values: readonly unknown[], signal?: AbortSignal): Promise<Rows> {
    if (!this.#connector.isKnown) return this.#whenKnown(signal, () => this.query(statement, values, signal));
    if (this.#connector.local !== undefined) {
      const options = { repeatable: true, readOnly: statement.readOnly === true, about: statement.text };
      return this.transaction((inner) => inner.query(statement, values), signal, options);
    }
    const exclusive = statement.readOnly !== true && !isPlainRead(statement.text);
    return new Promise((resolve, reject) => {
      const sending: Sending = { statement, values, signal, exclusive, part: "whole" };
      this.#dispatch(new Pending(sending, resolve, reject));
    });
  }

  /** Waits for the first session, which shows how statements are to be sent. */
  async #whenKnown<T>(signal: AbortSignal | undefined, then: () => Promise<T>): Promise<T> {
    await new Promise<void>((give, fail) => this.#request(waiterForAny(signal, give, fail)));
    return then();
  }

  async transaction<T>(
    work: (transaction: Queryable) => Promise<T>,
    signal?: AbortSignal,
    options: TransactionOptions = {},
  ): Promise<T> {
    const { repeatable = false, readOnly = false, about } = options;
    for (let after = Number.NEGATIVE_INFINITY, isFirst = true; ; isFirst = false) {
      const session = await new Promise<Session>((give, fail) => {
        if (signal?.aborted === true) fail(timedOut());
        else this.#request({ exclusive: true, since: performance.now(), after, signal, about, give, fail });
      });
      const settings = this.#connector.local;
      try {
        return await runTransaction(session, work, { readOnly, signal, settings, isFirst });
      } catch (error) {
        const again = error instanceof TableChanged || (readOnly && session.isOver);
        if (!isFirst || !repeatable || !again || signal?.aborted === true) throw error;
        after = performance.now();
      } finally {
        session.exclusive = false;
        this.freed(session);
      }
    }
  }

  get isAtWork(): boolean {
    return this.#connector.local !== undefined && [...this.#sessions].some(({ sent }) => sent.length > 0);
  }

  renew(): void {
    if (this.reserved === this.#aside) this.#aside.renew();
    else for (const session of this.#sessions) this.#sessions.retire(session);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#sweeper);
    this.#waiting.failAll(unreachable());
    await Promise.all([this.#sessions.close(), this.#aside.close()]);
  }

  answered(session: Session, pending: Pending, error: Error | null, result: Result): void {
    pending.underWay -= 1;
    if (pending.exclusive) session.exclusive = false;
    if (error === null) pending.resolve(result);
    else this.#failed(session, pending, error);
    this.freed(session);
  }

  lost(session: Session): void {
    session.retired = true;
    this.#sessions.delete(session);
    this.#advance();
  }

  #dispatch(pending: Pending): void {
    if (!pending.settleIfAborted()) this.#request(waiterFor(pending));
  }

  #request(waiter: Waiter): void {
    const now = performance.now();
    const session = this.#waiting.size === 0 ? this.#take(waiter, now) : undefined;
    if (session !== undefined) this.#give(waiter, session);
    else if (this.#closed || this.#isAway(now)) waiter.fail(unreachable(this.#opener.refusal));
    else if (!this.#waiting.add(waiter)) this.#full.refuse(waiter, this.#waiting.size, now);
  }

  #give(waiter: Waiter, session: Session): void {
    giveSession(waiter, session, (error) =>
      this.#log.error({ connection: this.#name, error }, "A statement could not be sent."),
    );
  }

  /** A session for one statement or transaction more, or undefined where it has to wait for one. */
  #take(waiter: Waiter, now: number): Session | undefined {
    if (this.#contention.holds(waiter.about)) return undefined;
    const best = this.#sessions.pick(waiter, now);
    if (best === undefined || best.sent.length > 0) {
      if (this.#sessions.almostFree(waiter) > this.#waiting.size) return undefined;
      this.#open(now, waiter.after);
      if (this.#opener.opening > 0 && now - waiter.since < limits.stalledMs) return undefined;
    }
    if (best !== undefined && waiter.exclusive) best.exclusive = true;
    return best;
  }

  #advance(): void {
    const now = performance.now();
    const take = (waiter: Waiter) =>
      this.#take(waiter, now) ?? (this.#contention.holds(waiter.about) ? undefined : ("stop" as const));
    for (let next = this.#waiting.next(take); next !== undefined; next = this.#waiting.next(take))
      this.#give(...next);
  }

  freed(session: Session): void {
    if (session.retired) this.#sessions.retire(session);
    this.#advance();
  }

  /** Opens a session where one more may be. An idle one that is too old for the one who waits makes room. */
  #open(now: number, after: number): void {
    if (this.#closed || !this.#opener.mayOpen(now)) return;
    if (this.#sessions.size + this.#opener.opening >= this.#settings.pool) {
      this.#sessions.makeRoom(after);
      return;
    }
    this.#opener.open(now);
  }

  opened(session: Session): void {
    if (this.#closed) void session.end();
    else if (!session.isBroken) this.#sessions.add(session);
    this.#advance();
  }

  refused(): void {
    if (this.#isAway(performance.now())) this.#waiting.failAll(unreachable(this.#opener.refusal));
  }

  #failed(session: Session, pending: Pending, error: Error): void {
    if (isLostStatement(error) || isSessionFailure(error)) session.retired = true;
    if (pending.underWay > 0) return; // it was sent twice, and the other may go well
    if (isReadOnly(error) && pending.sending.refusesWrites !== true) this.#demoted(session);
    if (isNameTaken(error)) this.#connector.usePooled();
    const outcome = settleFailure(session, pending, error);
    if (outcome === "repeat_afresh") pending.after = performance.now();
    pending.repeated = outcome !== "settled";
    if (isCancelled(error)) pending.exclusive = true;
    if (pending.repeated) this.#dispatch(pending);
  }

  #demoted({ server }: Session): void {
    if (!this.#demotion.isDue(performance.now())) return;
    this.#log.warn({ connection: this.#name, server }, "The database refused a write: it is read-only.");
    this.#sessions.leave(server);
    this.#aside.renew();
  }

  #isAway(now: number): boolean {
    return this.#sessions.size === 0 && this.#opener.isAway(now);
  }

  /** Ends what has waited or run for too long. One timer for all is cheaper than one for each. */
  #sweep(now: number): void {
    for (const waiter of this.#waiting.takeLate(now)) {
      if (this.#sessions.size === 0) waiter.fail(unreachable(this.#opener.refusal));
      else this.#full.refuse(waiter, this.#waiting.size, now);
    }
    this.#sessions.tend(now);
    const slow = this.#sessions.slow(now);
    this.#contention.look(slow, now);
    this.#advance();
    for (const session of slow) this.#overtake(session, now);
  }

  /** Sends what only reads and stands behind a slow statement to another session too: the first answer counts. */
  #overtake({ sent }: Session, now: number): void {
    for (const pending of sent.slice(1).filter(({ mayBeOvertaken }) => mayBeOvertaken)) {
      const waiter = waiterFor(pending);
      const session = this.#take(waiter, now);
      if (session === undefined) continue;
      pending.repeated = true;
      this.#give(waiter, session);
    }
  }
}
sealed(Pool);
