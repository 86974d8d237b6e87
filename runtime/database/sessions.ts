import { bridgeLimits } from "../../config/bridge.ts";
import { defaults } from "../../config/defaults.ts";
import { sealed } from "../sealed.ts";
import type { PoolSettings } from "./config.ts";
import type { Session } from "./session.ts";
import type { Waiter } from "./waiting.ts";

const limits = bridgeLimits.pool;

/** The sessions of a pool: all that are open, those too that end once they are answered. */
export class Sessions extends Set<Session> {
  readonly #lifetimeMs: number;
  readonly #idleMs: number;
  /** For how long one may say nothing to what it was sent. */
  readonly #silentMs: number;

  constructor(settings: PoolSettings) {
    super();
    this.#lifetimeMs = settings.lifetimeMs ?? defaults.connection.lifetimeMs;
    this.#idleMs = settings.idleMs ?? defaults.connection.idleMs;
    this.#silentMs = settings.statementTimeoutMs + settings.connectTimeoutMs;
  }

  /** The one with the fewest statements, of those that take one more. */
  pick({ after }: Waiter, now: number): Session | undefined {
    let best: Session | undefined;
    for (const session of this) {
      const load = session.sent.length;
      if (session.exclusive || session.retired || load >= limits.depth || session.openedAt < after) continue;
      if (session.isBeingCleaned) continue;
      if (load > 0 && session.runningMs(now) > limits.stalledMs) continue;
      if (best === undefined || load < best.sent.length) best = session;
      if (load === 0) break;
    }
    return best;
  }

  /** Those whose statement runs for so long that nothing more is to stand behind it. */
  slow(now: number): Session[] {
    return [...this].filter((session) => session.runningMs(now) > limits.stalledMs);
  }

  /** How many are free in a moment, as they are only being cleaned. */
  almostFree({ after }: Waiter): number {
    let count = 0;
    for (const { isBeingCleaned, sent, retired, openedAt } of this)
      if (isBeingCleaned && sent.length === 0 && !retired && openedAt >= after) count += 1;
    return count;
  }

  /** Ends it once what it has is answered, and nothing of it is left. */
  retire(session: Session): void {
    session.retired = true;
    if (session.sent.length === 0 && !session.exclusive && !session.isBeingCleaned) void session.end();
  }

  /** Retires one that was opened before. */
  makeRoom(after: number): void {
    for (const session of this)
      if (session.openedAt < after && !session.retired) {
        this.retire(session);
        return;
      }
  }

  /** Retires those of one server. */
  leave(server: string): void {
    for (const session of this) if (session.server === server) this.retire(session);
  }

  /** Cancels what nobody waits for any more, and ends the sessions that are silent, old or not used. */
  tend(now: number): void {
    for (const session of this) {
      const [running] = session.sent;
      const isNew = running !== session.cancelling || now - session.cancelledAt > limits.cancelMs;
      if (running?.sending.signal?.aborted === true && isNew) session.cancel(now);
      for (const pending of session.sent) if (!pending.writes) pending.settleIfAborted();
      if (session.runningMs(now) > this.#silentMs || (session.retired && session.idleMs(now) > limits.endMs))
        session.destroy();
      else if (session.isOlderThan(this.#lifetimeMs, now) || session.idleMs(now) > this.#idleMs)
        this.retire(session);
    }
  }

  /** Ends all, when they are answered or at the latest after a while. */
  async close(): Promise<void> {
    const open = [...this];
    const timer = setTimeout(() => {
      for (const session of open) session.destroy();
    }, limits.endMs);
    await Promise.all(open.map((session) => session.end()));
    clearTimeout(timer);
  }
}
sealed(Sessions);
