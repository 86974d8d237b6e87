/**
 * The statements that a session keeps prepared, the least recently used first. Each costs the server the memory of a
 * plan for as long as the session lives.
 */
export class Prepared {
  readonly #names = new Set<string>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Notes that a name is used now; gives the one that is to be deallocated for it. */
  use(name: string): string | undefined {
    if (!this.#names.delete(name) && this.#names.size >= this.#most) {
      const [oldest] = this.#names;
      if (oldest !== undefined) this.#names.delete(oldest);
      this.#names.add(name);
      return oldest;
    }
    this.#names.add(name);
    return undefined;
  }
}
