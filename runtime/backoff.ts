/** Waits between attempts: doubling from the first to the last, in milliseconds. */
export type Backoff = { readonly firstMs: number; readonly lastMs: number };

/**
 * How long to wait after an attempt that failed, in milliseconds.
 *
 * @param failures how many attempts failed in a row; at least 1.
 * @example backoffMs({ firstMs: 250, lastMs: 5_000 }, 3) // 1000
 */
export const backoffMs = ({ firstMs, lastMs }: Backoff, failures: number): number =>
  Math.min(lastMs, firstMs * 2 ** Math.min(failures - 1, 16));
