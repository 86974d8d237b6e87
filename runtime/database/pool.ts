import type pg from "pg";
import { bridgeLimits } from "../../config/bridge.ts";
import { backoffMs } from "../backoff.ts";
import type { Log } from "../log.ts";
import { outsideLogic } from "../logic-scope.ts";
import { type PoolSettings, sessionConfig } from "./config.ts";
import type { Database, Queryable, Rows, SqlStatement } from "./database.ts";
import { isCancelled, isLostStatement, isSessionFailure, reasonOf } from "./failure.ts";
import { busy, Pending, type Sending, timedOut, unreachable } from "./pending.ts";
import { isPlainRead } from "./read.ts";
import { Session } from "./session.ts";
import { runTransaction } from "./transaction.ts";

/** Who waits for a session, shared or not. */
type Waiter = {
  exclusive: boolean;
  since: number;
  signal: AbortSignal | undefined;
  give(session: Session): void;
  fail(error: unknown): void;
};

const limits = bridgeLimits.pool;

/**
 * A {@link Database} on Postgres. Plain reads are pipelined: each goes to the session with the fewest statements,
 * behind those that it has. A write or a transaction has a session for itself, as it may wait for locks.
 *
 * A session is opened when a statement finds all others busy. The statements of one that is lost fail with
 * `unavailable`; later ones open another, as often as the backoff allows.
 *
 * @throws {StkError} `invalid_connection` when the URL is not one of Postgres.
 */
export const createPool = (name: string, settings: PoolSettings, log: Log): Database =>
  new Pool(name, settings, log);

class Pool implements Database {
  readonly #name: string;
  readonly #config: pg.ClientConfig;
  readonly #settings: PoolSettings;
  readonly #log: Log;
  readonly #sessions = new Set<Session>();
  readonly #waiting: Waiter[] = [];
  readonly #sweeper: NodeJS.Timeout;
  #opening = 0;
  #failures = 0;
  #failure: unknown;
  #openNotBefore = 0;
  #closed = false;

  constructor(name: string, settings: PoolSettings, log: Log) {
    this.#name = name;
    this.#config = sessionConfig(name, settings);
    this.#settings = settings;
    this.#log = log;
    this.#sweeper = setInterval(() => this.#sweep(performance.now()), limits.sweepMs).unref();
  }

  query(statement: SqlStatement, values: readonly unknown[], signal?: AbortSignal): Promise<Rows> {
    const exclusive = !isPlainRead(statement.text);
    return new Promise((resolve, reject) => {
      const sending: Sending = { statement, values, signal, exclusive, repeatable: true };
      this.#dispatch(new Pending(sending, performance.now(), resolve, reject));
    });
  }

  async transaction<T>(work: (transaction: Queryable) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const session = await new Promise<Session>((give, fail) => {
      if (signal?.aborted === true) fail(timedOut());
      else this.#request({ exclusive: true, since: performance.now(), signal, give, fail });
    });
    try {
      return await runTransaction(session, work, signal);
    } finally {
      session.exclusive = false;
      this.#freed(session);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#sweeper);
    this.#failWaiting(unreachable());
    const sessions = [...this.#sessions];
    const timer = setTimeout(() => {
      for (const session of sessions) session.destroy();
    }, limits.endMs);
    await Promise.all(sessions.map((session) => session.end()));
    clearTimeout(timer);
  }

  answered(session: Session, pending: Pending, error: Error | null, result: pg.QueryResult): void {
    if (pending.sending.exclusive) session.exclusive = false;
    if (error === null) pending.resolve(result);
    else this.#failed(session, pending, error);
    this.#freed(session);
  }

  lost(session: Session): void {
    this.#retire(session);
    this.#advance();
    if (this.#isAway()) this.#failWaiting(unreachable(this.#failure));
  }

  #dispatch(pending: Pending): void {
    if (pending.settleIfAborted()) return;
    const { exclusive, signal } = pending.sending;
    const session = this.#waiting.length === 0 ? this.#take(exclusive) : undefined;
    if (session !== undefined) session.send(pending);
    else
      this.#wait({
        exclusive,
        signal,
        since: pending.since,
        give: (given) => given.send(pending),
        fail: (error) => pending.reject(error),
      });
  }

  #request(waiter: Waiter): void {
    const session = this.#waiting.length === 0 ? this.#take(waiter.exclusive) : undefined;
    if (session === undefined) this.#wait(waiter);
    else waiter.give(session);
  }

  #wait(waiter: Waiter): void {
    if (this.#closed || this.#isAway()) waiter.fail(unreachable(this.#failure));
    else if (this.#waiting.length >= limits.waiting) waiter.fail(busy());
    else this.#waiting.push(waiter);
  }

  /** The session with the fewest statements that takes one more, or undefined where none does. */
  #take(exclusive: boolean): Session | undefined {
    const now = performance.now();
    let best: Session | undefined;
    for (const session of this.#sessions) {
      const load = session.sent.length;
      if (session.exclusive || load >= limits.depth) continue;
      if (load > 0 && session.runningMs(now) > limits.stalledMs) continue;
      if (best === undefined || load < best.sent.length) best = session;
      if (load === 0) break;
    }
    if (best === undefined || best.sent.length > 0) this.#open(now);
    if (best !== undefined && exclusive) best.exclusive = true;
    return best;
  }

  #advance(): void {
    for (let waiter = this.#waiting[0]; waiter !== undefined; waiter = this.#waiting[0]) {
      const session = this.#take(waiter.exclusive);
      if (session === undefined) return;
      this.#waiting.shift();
      waiter.give(session);
    }
  }

  #freed(session: Session): void {
    if (session.retired && session.sent.length === 0 && !session.exclusive) void session.end();
    this.#advance();
  }

  #open(now: number): void {
    if (this.#closed || now < this.#openNotBefore) return;
    if (this.#sessions.size + this.#opening >= this.#settings.pool) return;
    if (this.#opening > 0 && this.#failures > 0) return; // a database that is away is asked by one at a time
    this.#opening += 1;
    outsideLogic(() => Session.open(this.#config, this)).then(
      (session) => this.#opened(session),
      (error: unknown) => this.#refused(error),
    );
  }

  #opened(session: Session): void {
    this.#opening -= 1;
    if (this.#failures > 0) this.#log.info({ connection: this.#name }, "The database is back.");
    this.#failures = 0;
    if (this.#closed) {
      void session.end();
      return;
    }
    this.#sessions.add(session);
    this.#advance();
  }

  #refused(error: unknown): void {
    this.#opening -= 1;
    this.#failures += 1;
    this.#failure = error;
    this.#openNotBefore = performance.now() + backoffMs(limits.retry, this.#failures);
    this.#log.warn({ connection: this.#name, reason: reasonOf(error) }, "The database refused a connection.");
    if (this.#isAway()) this.#failWaiting(unreachable(error));
  }

  #failed(session: Session, pending: Pending, error: Error): void {
    const isLost = isLostStatement(error);
    const isOver = isSessionFailure(error);
    if (isLost || isOver) this.#retire(session);
    if (pending.settleIfAborted()) return;
    // A cancel request hits what runs when it arrives, which may be the statement after the one that was meant.
    const isMistaken = isCancelled(error) && performance.now() - session.cancelledAt < limits.waitMs;
    if (isOver) pending.reject(unreachable(error));
    else if ((isLost || isMistaken) && pending.sending.repeatable && !pending.repeated) this.#repeat(pending);
    else pending.reject(error);
  }

  #repeat(pending: Pending): void {
    pending.repeated = true;
    this.#dispatch(pending);
  }

  #retire(session: Session): void {
    session.retired = true;
    this.#sessions.delete(session);
  }

  #isAway(): boolean {
    return this.#sessions.size === 0 && this.#opening === 0;
  }

  #failWaiting(error: unknown): void {
    for (const waiter of this.#waiting.splice(0)) waiter.fail(error);
  }

  /** Ends what has waited or run for too long. One timer for all is cheaper than one for each. */
  #sweep(now: number): void {
    for (const [index, waiter] of [...this.#waiting.entries()].reverse()) {
      const aborted = waiter.signal?.aborted === true;
      if (!aborted && now - waiter.since < limits.waitMs) continue;
      this.#waiting.splice(index, 1);
      waiter.fail(aborted ? timedOut() : busy());
    }
    const silentMs = this.#settings.statementTimeoutMs + this.#settings.connectTimeoutMs;
    for (const session of this.#sessions) {
      for (const pending of session.sent) pending.settleIfAborted();
      const running = session.sent[0];
      if (running?.sending.signal?.aborted === true && now - session.cancelledAt > limits.cancelMs)
        session.cancel(now);
      if (session.runningMs(now) > silentMs) session.destroy();
    }
    this.#advance();
  }
}
