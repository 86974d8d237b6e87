/** Says yes at most once in a while. */
export class Seldom {
  readonly #everyMs: number;
  #last = Number.NEGATIVE_INFINITY;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** @param now on the clock of `performance.now`. */
  isDue(now: number): boolean {
    if (now - this.#last < this.#everyMs) return false;
    this.#last = now;
    return true;
  }
}
