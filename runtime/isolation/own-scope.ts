import { AsyncLocalStorage } from "node:async_hooks";
import { freeze } from "./freeze.ts";

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
        freezeKindsOf(given);
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

/** What undici gives is each request's own, but for the prototype that it shares with those of all others. */
function freezeKindsOf(given: readonly unknown[]): void {
  for (const one of given) if (typeof one === "object" && one !== null) freeze(Object.getPrototypeOf(one));
}
