import { setTimeout as wait } from "node:timers/promises";
import { RegistryFailure } from "./failure.ts";

/** How often and how long to try again. Times in milliseconds. */
export type RetryOptions = {
  /** Requests at most, the first included. */
  attempts: number;
  /** The first wait; it doubles each time. */
  baseMs: number;
  /** The longest wait of our own choice. */
  capMs: number;
  /** The longest wait that a registry may ask for; when it asks for more, that is the end. */
  longestMs: number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 to 1. */
  random(): number;
};

export const retryDefaults: RetryOptions = {
  attempts: 5,
  baseMs: 250,
  capMs: 10_000,
  longestMs: 60_000,
  sleep: (ms, signal) => wait(ms, undefined, signal === undefined ? {} : { signal }),
  random: Math.random,
};

/** Does something again while it fails for a temporary reason; see {@link pauseAfter}. */
export async function retry<T>(
  operation: () => Promise<T>,
  options: RetryOptions,
  signal?: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await operation();
    } catch (error) {
      await pauseAfter(error, attempt, options, signal);
    }
  }
}

/**
 * Waits after a temporary failure for as long as the registry asked, else exponentially longer each time, of which half
 * is random so that many clients do not come back at once. Any other failure, and the last, is thrown.
 *
 * @param attempt how often it was tried, from 1.
 */
export async function pauseAfter(
  error: unknown,
  attempt: number,
  { attempts, baseMs, capMs, longestMs, sleep, random }: RetryOptions,
  signal?: AbortSignal,
): Promise<void> {
  if (!(error instanceof RegistryFailure) || !error.temporary || attempt >= attempts) throw error;
  if ((error.retryAfterMs ?? 0) > longestMs) throw error;
  const longest = Math.min(capMs, baseMs * 2 ** (attempt - 1));
  await sleep(error.retryAfterMs ?? longest * (0.5 + random() / 2), signal);
}

/**
 * Milliseconds to wait by a Retry-After header: seconds or a date (RFC 9110, 10.2.3); undefined for anything else.
 *
 * @param now milliseconds since the epoch.
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const date = /^[A-Z][a-z]{2}, /.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
