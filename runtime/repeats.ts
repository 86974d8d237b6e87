import { LRUCache } from "lru-cache";
import { bridgeLimits } from "../config/bridge.ts";

const limits = bridgeLimits.log;

type Said = { readonly at: number; unsaid: number };

/** Keeps a log short in an outage: what happens again is said once for each interval, with how often it happened. */
export class Repeats {
  readonly #said = new LRUCache<string, Said>({ max: limits.kinds });

  /**
   * Whether this kind is to be said now: how often it happened unsaid since the last time, or undefined to say nothing.
   *
   * @param now milliseconds on any clock.
   */
  next(kind: string, now: number): number | undefined {
    const last = this.#said.get(kind);
    if (last !== undefined && now - last.at < limits.repeatMs) {
      last.unsaid += 1;
      return undefined;
    }
    this.#said.set(kind, { at: now, unsaid: 0 });
    return last?.unsaid ?? 0;
  }
}
