import { AsyncLocalStorage } from "node:async_hooks";
import { sealed } from "./sealed.ts";

let read: <T>(held: Held<T>) => T;

/** What stands for a value where Node keeps it: nothing leads from it to the value but {@link HeldStorage}. */
class Held<T> {
  readonly #value: T;
  static {
    read = (held) => held.#value;
  }
  constructor(value: T) {
    this.#value = value;
    Object.freeze(this);
  }
}
Reflect.deleteProperty(Held.prototype, "constructor");

/** An AsyncLocalStorage whose values nobody else reads or changes, even who comes by the contexts that Node keeps. */
export class HeldStorage<T> {
  readonly #storage = Object.preventExtensions(new AsyncLocalStorage<Held<T>>());

  /** The value at the place that runs, or undefined. */
  get(): T | undefined {
    const held = this.#storage.getStore();
    return held && read(held);
  }

  /** Runs `work`, and what it begins, with a value. */
  run<R>(value: T, work: () => R): R {
    return this.#storage.run(new Held(value), work);
  }

  /** Runs `work`, and what it begins, without one. */
  exit<R>(work: () => R): R {
    return this.#storage.exit(work);
  }
}
sealed(HeldStorage);
