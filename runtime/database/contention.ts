import type { Session } from "./session.ts";

const table = /\b(?:from|into|update|join)\s+(?:only\s+)?((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)/i;

/** The first table that a statement names: what it waits for where it waits for a lock. */
const mainTable = (text: string): string | undefined =>
  table.exec(text)?.[1]?.replaceAll('"', "").toLowerCase();

/**
 * Keeps the last quarter of a pool for others, when the statements on a table take so many sessions for so long, as when
 * it is locked. A pool of less than four is too small to divide.
 */
export class Contention {
  #tables: ReadonlySet<string | undefined> | undefined;

  /** Looks which tables take the sessions at this moment. */
  look(sessions: Iterable<Session>, most: number, isSlow: (session: Session) => boolean): void {
    const slow = [...sessions].filter(isSlow);
    const isCrowded = most >= 4 && slow.length >= most - Math.ceil(most / 4);
    this.#tables = isCrowded
      ? new Set(slow.map(({ sent: [running] }) => mainTable(running?.sending.statement.text ?? "")))
      : undefined;
  }

  /** Whether a statement has to leave the sessions to others; so has one of which it is not known what it is about. */
  holds(about: string | undefined): boolean {
    if (this.#tables === undefined) return false;
    const name = about === undefined ? undefined : mainTable(about);
    return name === undefined || this.#tables.has(name);
  }
}
