import { setTimeout as sleep } from "node:timers/promises";
import { StkError } from "../../core/error.ts";
import { SqlError } from "../sql-error.ts";

/** How often, and how, something that waits for locks is tried. Times in milliseconds. */
export type Retry = {
  /** How long one try waits for a lock, and with it how long others may queue behind it. */
  lockTimeoutMs: number;
  attempts: number;
  signal?: AbortSignal | undefined;
  /** Told before the pause that follows a try that did not get its locks. */
  onRetry?(attempt: number, pauseMs: number): void;
  /** A number from 0 to 1. */
  random(): number;
  /** Who holds what could not be had. */
  holders(): Promise<readonly string[]>;
};

const pauses = { firstMs: 200, longestMs: 5_000 };

/** lock_not_available and deadlock_detected (PostgreSQL documentation, appendix A). */
export const isLockTrouble = (error: unknown): boolean =>
  error instanceof SqlError && (error.problem.sqlstate === "55P03" || error.problem.sqlstate === "40P01");

/**
 * Tries again, each time after a longer pause of random length, while locks are not to be had.
 *
 * @throws {StkError} `lock_timeout` after the last try, with `kept` as what has stayed.
 */
export async function persistently(
  { lockTimeoutMs, attempts, signal, onRetry, random, holders }: Retry,
  kept: string,
  work: () => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (!isLockTrouble(error)) throw error;
      if (attempt >= attempts)
        throw lockTimeout(`${attempt} tries of ${lockTimeoutMs} ms; ${kept}`, await holders(), error);
      const longest = Math.min(pauses.firstMs * 2 ** (attempt - 1), pauses.longestMs);
      const pauseMs = Math.round(longest * (0.5 + random() / 2));
      onRetry?.(attempt, pauseMs);
      await sleep(pauseMs, undefined, signal === undefined ? {} : { signal });
    }
  }
}

const lockTimeout = (tries: string, holders: readonly string[], cause: unknown): StkError =>
  new StkError("lock_timeout", `No lock was to be had in ${tries}.`, {
    hint:
      holders.length === 0
        ? "What held the table has ended by now. Apply again, at a quieter time."
        : `Wait for what holds tables now, or end it with pg_terminate_backend: ${holders.join(", ")}.`,
    details: { holders },
    cause,
  });
