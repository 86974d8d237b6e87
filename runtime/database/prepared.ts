import type pg from "pg";

declare module "pg" {
  // What pg keeps of prepared statements: lib/connection.js.
  interface Connection {
    readonly parsedStatements: Record<string, string>;
    readonly submittedNamedStatements: Record<string, string>;
  }
}

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

/** Deallocates a prepared statement with what is sent next, and lets pg forget it. */
export function deallocate(connection: pg.Connection, name: string): void {
  connection.close({ type: "S", name }, true);
  delete connection.parsedStatements[name];
  delete connection.submittedNamedStatements[name];
}
