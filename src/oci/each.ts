/**
 * Does something with every item, a few at a time. The first failure stops the others and is thrown.
 *
 * @example await each(blobs, 4, (blob, signal) => push(blob, signal), signal);
 */
export async function each<T>(
  items: readonly T[],
  concurrency: number,
  act: (item: T, signal: AbortSignal) => Promise<void>,
  outer?: AbortSignal,
): Promise<void> {
  const own = new AbortController();
  const signal = outer === undefined ? own.signal : AbortSignal.any([own.signal, outer]);
  const waiting = [...items];
  const work = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      signal.throwIfAborted();
      await act(item, signal);
    }
  };
  const workers = Array.from({ length: Math.min(concurrency, items.length) }, work);
  try {
    await Promise.all(workers);
  } catch (error) {
    own.abort();
    await Promise.allSettled(workers);
    throw error;
  }
}
