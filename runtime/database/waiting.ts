import { bridgeLimits } from "../../config/bridge.ts";
import { type Pending, timedOut } from "./pending.ts";
import type { Session } from "./session.ts";

/** Who asks for a session, shared or not. */
export type Waiter = {
  readonly exclusive: boolean;
  readonly since: number;
  /** Only a session that was opened from then on will do. */
  readonly after: number;
  readonly signal: AbortSignal | undefined;
  /** SQL that names the table that it is for, where that is known. */
  readonly about: string | undefined;
  give(session: Session): void;
  fail(error: unknown): void;
};

const { waiting: most, waitMs } = bridgeLimits.pool;

/** Those who wait for a session, the first first. */
export class Waiting {
  readonly #waiters: Waiter[] = [];

  get size(): number {
    return this.#waiters.length;
  }

  /** Adds one; false where too many wait. */
  add(waiter: Waiter): boolean {
    return this.#waiters.length < most && this.#waiters.push(waiter) > 0;
  }

  /** Takes out the first that `take` gives a session; the others stay as they are. */
  next(take: (waiter: Waiter) => Session | undefined | "stop"): readonly [Waiter, Session] | undefined {
    for (const [index, waiter] of this.#waiters.entries()) {
      // Its call is answered with `timeout`, so that nothing of it may be sent.
      if (waiter.signal?.aborted === true) continue;
      const taken = take(waiter);
      if (taken === "stop") return undefined;
      if (taken === undefined) continue;
      this.#waiters.splice(index, 1);
      return [waiter, taken];
    }
    return undefined;
  }

  failAll(error: unknown): void {
    for (const waiter of this.#waiters.splice(0)) waiter.fail(error);
  }

  /** Fails those whose time is over, and gives those that have waited for too long. */
  takeLate(now: number): Waiter[] {
    const over = this.#waiters.filter(
      ({ signal, since }) => signal?.aborted === true || now - since >= waitMs,
    );
    if (over.length === 0) return over;
    const left = this.#waiters.filter((waiter) => !over.includes(waiter));
    this.#waiters.splice(0, this.#waiters.length, ...left);
    for (const waiter of over) if (waiter.signal?.aborted === true) waiter.fail(timedOut());
    return over.filter(({ signal }) => signal?.aborted !== true);
  }
}

/** Who asks for a session to send a statement on. */
export function waiterFor(pending: Pending): Waiter {
  const { signal, statement } = pending.sending;
  return {
    exclusive: pending.exclusive,
    signal,
    since: performance.now(),
    after: pending.after,
    about: statement.text,
    give: (session) => session.send(pending),
    fail: (error) => pending.reject(error),
  };
}

/** Who only waits until there is a session. */
export const waiterForAny = (
  signal: AbortSignal | undefined,
  give: () => void,
  fail: (error: unknown) => void,
): Waiter => ({
  exclusive: false,
  since: performance.now(),
  after: Number.NEGATIVE_INFINITY,
  signal,
  about: undefined,
  give,
  fail,
});

/** Gives a session. Where that throws, what was written is not known, so nothing more may follow on the session. */
export function giveSession(waiter: Waiter, session: Session, report: (error: string) => void): void {
  try {
    waiter.give(session);
  } catch (error) {
    report(String(error));
    waiter.fail(error);
    session.destroy();
  }
}
