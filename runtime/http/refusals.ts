import { bridgeLimits } from "../../config/bridge.ts";
import type { Log } from "../log.ts";

const { refusalsEveryMs } = bridgeLimits.http;

/** What there was no room for: connections, requests sent ahead, bodies that arrived, answers that were not read. */
export type Refused = "connections" | "requests" | "bodies" | "answers";

/** Counts what is refused for want of room; the log gets the counts since the start, at most every ten seconds. */
export class Refusals {
  readonly #log: Log;
  readonly #counts: Partial<Record<Refused, number>> = {};
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(log: Log) {
    this.#log = log;
  }

  count(what: Refused): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + 1;
    const now = performance.now();
    if (now - this.#loggedAt < refusalsEveryMs) return;
    this.#loggedAt = now;
    this.#log.warn(
      { refused: { ...this.#counts } },
      "There was no room, so clients were refused or cut off.",
    );
  }
}
