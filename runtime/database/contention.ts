import { bridgeLimits } from "../../config/bridge.ts";
import type { Queryable } from "./database.ts";
import type { Session } from "./session.ts";

const table = /\b(?:from|into|update|join)\s+(?:only\s+)?((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)/i;

/** The first table that a statement names: what it waits for where it waits for a lock. */
const mainTable = (text: string): string | undefined =>
  table.exec(text)?.[1]?.replaceAll('"', "").toLowerCase();

const waiting = {
  text: "select pid from pg_catalog.pg_locks where not granted and pid = any($1::integer[])",
};

/**
 * Keeps the last quarter of a pool for others than those who wait for the lock of a table, when so many sessions are busy
 * for so long. A pool of less than four is too small to divide.
 *
 * A statement that waits for a lock in the way of others is cancelled: with others behind it on its session, or on a
 * session of that quarter. It is then sent again on a session of its own, as soon as there is one for its table.
 */
export class Contention {
  readonly #most: number;
  readonly #aside: Queryable;
  /** What the statements that wait for locks are about, while so many sessions are busy. */
  #tables: ReadonlySet<string | undefined> = new Set();
  #isCrowded = false;
  #isAsking = false;

  /** @param aside what is asked who waits for a lock; it waits for no call itself. */
  constructor(most: number, aside: Queryable) {
    this.#most = most;
    this.#aside = aside;
  }

  /** Looks at the sessions that are slow at this moment, and asks which of them wait for a lock. */
  look(slow: readonly Session[], now: number): void {
    const spare = slow.length - (this.#most - Math.ceil(this.#most / 4));
    this.#isCrowded = this.#most >= 4 && spare >= 0;
    if (!this.#isCrowded) this.#tables = new Set();
    if (this.#most === 1 || this.#isAsking) return;
    const inTheWay = slow.some(({ sent }) => sent.length > 1 && sent[0]?.sending.part === "whole");
    if (inTheWay || this.#isCrowded) void this.#clear(slow, this.#isCrowded ? spare : 0, now);
  }

  /** Whether a statement has to leave the sessions to others; so has one of which it is not known what it is about. */
  holds(about: string | undefined): boolean {
    if (this.#tables.size === 0) return false;
    return about === undefined || this.#tables.has(mainTable(about));
  }

  async #clear(slow: readonly Session[], spare: number, now: number): Promise<void> {
    this.#isAsking = true;
    try {
      const running = slow.map((session) => ({ session, pending: session.sent[0] }));
      const pids = `{${slow.map(({ processId }) => processId).join(",")}}`;
      const { rows } = await this.#aside.query(waiting, [pids]);
      const waits = new Set(rows.map(({ pid }) => pid));
      const locked = running.filter(({ session }) => waits.has(session.processId));
      const tables = locked.map(({ pending }) => mainTable(pending?.sending.statement.text ?? ""));
      this.#tables = new Set(this.#isCrowded ? tables : []);
      let left = spare;
      for (const { session, pending } of running) {
        const isWhole = pending?.sending.part === "whole";
        const isLate = session.runningMs(now) > bridgeLimits.pool.lockedMs;
        if (!waits.has(session.processId) || session.sent[0] !== pending || !(isWhole || isLate)) continue;
        if (left <= 0 && !(isWhole && session.sent.length > 1)) continue;
        left -= 1;
        session.cancel(performance.now());
      }
    } catch {
      // The next sweep asks again; a database that is away is told by the calls themselves.
    } finally {
      this.#isAsking = false;
    }
  }
}
