import { AsyncLocalStorage } from "node:async_hooks";

/** Those whose throw undici leaves to the event loop; it catches that of all others, and ends their request. */
const uncaught: ReadonlySet<string> = new Set([
  "onError",
  "onResponseError",
  "onUpgrade",
  "onRequestUpgrade",
]);

/** All that a handler of undici's dispatcher may have, by its older and its newer form. */
const events = [
  ...["onConnect", "onHeaders", "onData", "onComplete", "onResponseStarted", "onBodySent", "onRequestSent"],
  ...["onRequestStart", "onResponseStart", "onResponseData", "onResponseEnd"],
  ...uncaught,
];

/**
 * A handler of undici's dispatcher whose methods run, and throw, where it was given: else in the scope of the call that
 * opened the connection, which others use after it.
 */
export function inOwnScope(handler: unknown): Readonly<Record<string, unknown>> {
  const run = AsyncLocalStorage.snapshot();
  const own: Record<string, unknown> = {};
  for (const name of events) {
    const method: unknown = Reflect.get(Object(handler), name);
    if (typeof method !== "function") continue;
    own[name] = (...given: readonly unknown[]): unknown =>
      run(() => {
        if (!uncaught.has(name)) return Reflect.apply(method, handler, given);
        try {
          return Reflect.apply(method, handler, given);
        } catch (error) {
          queueMicrotask(() => {
            throw error;
          });
        }
      });
  }
  return own;
}
