import { bridgeLimits } from "../../config/bridge.ts";
import { backoffMs } from "../backoff.ts";

const { retry, patienceMs } = bridgeLimits.pool;

/** When a session may be opened: at once while that goes well, after a pause where it does not. */
export class Attempts {
  /** How many are under way. */
  open = 0;
  #failures = 0;
  #notBefore = Number.NEGATIVE_INFINITY;
  #failingSince = 0;

  /** Whether another may begin. A database that is away is asked by one at a time. */
  mayBegin(now: number): boolean {
    return now >= this.#notBefore && (this.open === 0 || this.#failures === 0);
  }

  /** Says whether the database was away before. */
  succeed(): boolean {
    this.open -= 1;
    return this.reach();
  }

  /** The database answered, here or beside the pool; says whether it was away before. */
  reach(): boolean {
    const wasAway = this.#failures > 0;
    this.#failures = 0;
    this.#notBefore = Number.NEGATIVE_INFINITY;
    return wasAway;
  }

  /** Those that began together count as one failure; says whether this one counts. */
  fail(beganAt: number, now: number): boolean {
    this.open -= 1;
    if (this.#failures === 0) this.#failingSince = now;
    else if (beganAt < this.#notBefore) return false;
    this.#failures += 1;
    this.#notBefore = now + backoffMs(retry, this.#failures);
    return true;
  }

  /** Whether it fails for so long that nobody is to wait for it. */
  isAway(now: number): boolean {
    return this.#failures > 0 && now - this.#failingSince >= patienceMs;
  }
}
