import { AsyncLocalStorage } from "node:async_hooks";

/**
 * Gives modules a `FinalizationRegistry` whose callbacks run in the scope of the call that made it. V8 runs them in none,
 * where what one throws is nobody's, and so ends the process.
 */
export function offerFinalization(): void {
  const own = FinalizationRegistry;
  function shared(callback: unknown): unknown {
    if (new.target === undefined || typeof callback !== "function")
      throw new TypeError("A FinalizationRegistry is made by `new`, with a function.");
    const within = AsyncLocalStorage.snapshot();
    const run = (held: unknown): void =>
      within(() => {
        try {
          Reflect.apply(callback, undefined, [held]);
        } catch (error) {
          queueMicrotask(() => {
            throw error;
          });
        }
      });
    return Reflect.construct(own, [run], new.target);
  }
  Object.defineProperty(shared, "name", { value: "FinalizationRegistry" });
  Object.defineProperty(shared, "prototype", { value: own.prototype, writable: false });
  Object.defineProperty(own.prototype, "constructor", { value: shared });
  Object.defineProperty(globalThis, "FinalizationRegistry", { value: shared });
}
