import { bridgeLimits } from "../../config/bridge.ts";
import type { Log } from "../log.ts";
import { busy } from "./pending.ts";
import { Seldom } from "./seldom.ts";
import type { Waiter } from "./waiting.ts";

/** Refuses those for whom a pool has no session, and says so in the log, once in a while. */
export class FullPool {
  readonly #connection: string;
  readonly #most: number;
  readonly #log: Log;
  readonly #seldom = new Seldom(bridgeLimits.pool.fullEveryMs);

  /** @param most how many sessions the pool may have. */
  constructor(connection: string, most: number, log: Log) {
    this.#connection = connection;
    this.#most = most;
    this.#log = log;
  }

  /** @param waiting how many others wait. */
  refuse(waiter: Waiter, waiting: number, now: number): void {
    if (this.#seldom.isDue(now)) {
      const numbers = { connection: this.#connection, most: this.#most, waiting };
      this.#log.warn(numbers, "The pool is full: calls are refused.");
    }
    waiter.fail(busy());
  }
}
