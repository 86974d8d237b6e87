import { randomInt } from "node:crypto";
import { setTimeout as later, setImmediate as turn } from "node:timers/promises";
import { promisify } from "node:util";

const { setTimeout, setInterval, setImmediate, clearTimeout, clearImmediate } = globalThis;

const forgotten = new FinalizationRegistry((forget: () => void) => forget());

type Start = (run: () => void) => NodeJS.Timeout | NodeJS.Immediate;

/** A timer as logic holds it: Node's own is linked with those of all other callers, and leads to what they run. */
export class Timer {
  /** Timers by the numbers that were asked for; Node counts its own, so that those of others could be guessed. */
  static readonly #numbered = new Map<number, WeakRef<Timer>>();
  readonly #own: NodeJS.Timeout | NodeJS.Immediate;
  #number: number | undefined;

  constructor(start: Start, work: unknown, given: readonly unknown[]) {
    if (typeof work !== "function") throw new TypeError("A timer takes a function.");
    this.#own = start(() => void Reflect.apply(work, this, given));
  }

  ref(): this {
    this.#own.ref();
    return this;
  }

  unref(): this {
    this.#own.unref();
    return this;
  }

  hasRef(): boolean {
    return this.#own.hasRef();
  }

  refresh(): this {
    if ("refresh" in this.#own) this.#own.refresh();
    return this;
  }

  close(): this {
    Timer.end(this);
    return this;
  }

  [Symbol.dispose](): void {
    Timer.end(this);
  }

  [Symbol.toPrimitive](): number {
    if (this.#number === undefined) {
      this.#number = randomInt(2 ** 48 - 1);
      const number = this.#number;
      Timer.#numbered.set(number, new WeakRef(this));
      forgotten.register(this, () => Timer.#numbered.delete(number));
    }
    return this.#number;
  }

  /** Ends a timer, or the one of a number. */
  static end(timer: unknown): void {
    if (typeof timer === "number" || typeof timer === "string") {
      Timer.end(Timer.#numbered.get(Number(timer))?.deref());
      return;
    }
    if (typeof timer !== "object" || timer === null || !(#own in timer)) return;
    if ("refresh" in timer.#own) clearTimeout(timer.#own);
    else clearImmediate(timer.#own);
  }
}

/** What stands in the place of the timers, for all: what the Bridge starts is not logic's to find either. */
export function givenTimers() {
  const end = (timer: unknown): void => Timer.end(timer);
  const named = {
    setTimeout: (work: unknown, ms?: number, ...given: unknown[]) =>
      new Timer((run) => setTimeout(run, ms), work, given),
    setInterval: (work: unknown, ms?: number, ...given: unknown[]) =>
      new Timer((run) => setInterval(run, ms), work, given),
    setImmediate: (work: unknown, ...given: unknown[]) => new Timer((run) => setImmediate(run), work, given),
    clearTimeout: end,
    clearInterval: (timer: unknown): void => end(timer),
    clearImmediate: (timer: unknown): void => end(timer),
  };
  Object.defineProperty(named.setTimeout, promisify.custom, { value: later });
  Object.defineProperty(named.setImmediate, promisify.custom, { value: turn });
  return named;
}
