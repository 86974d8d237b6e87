import type pg from "pg";
import { sealed } from "../sealed.ts";
import type { OwnTypes } from "../sql/own-types.ts";
import type { Description } from "./row-messages.ts";
import { RowShape } from "./row-shape.ts";

declare module "pg" {
  // What pg keeps of prepared statements: lib/connection.js.
  interface Connection {
    readonly parsedStatements: Record<string, string>;
    readonly submittedNamedStatements: Record<string, string>;
  }
}

/**
 * The statements that a session keeps prepared, the least recently used first, each with the shape of its rows. Each
 * costs the server the memory of a plan for as long as the session lives.
 */
export class Prepared {
  readonly #shapes = new Map<string, RowShape | undefined>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Notes that a name is used now; gives the one that is to be deallocated for it. */
  use(name: string): string | undefined {
    const shape = this.#shapes.get(name);
    if (!this.#shapes.delete(name) && this.#shapes.size >= this.#most) {
      const [oldest] = this.#shapes.keys();
      if (oldest !== undefined) this.#shapes.delete(oldest);
      this.#shapes.set(name, shape);
      return oldest;
    }
    this.#shapes.set(name, shape);
    return undefined;
  }

  /** The shape of a statement's rows: as it was kept, where they are described as before. */
  shapeOf(name: string | undefined, description: Description, types: OwnTypes): RowShape | undefined {
    if (name === undefined || !this.#shapes.has(name)) return undefined;
    const kept = this.#shapes.get(name);
    if (kept?.fits(description) === true) return kept;
    const shape = new RowShape(description, types);
    this.#shapes.set(name, shape.lacksTypes ? undefined : shape);
    return shape;
  }
}
sealed(Prepared);

/** Deallocates a prepared statement with what is sent next, and lets pg forget it. */
export function deallocate(connection: pg.Connection, name: string): void {
  connection.close({ type: "S", name }, true);
  delete connection.parsedStatements[name];
  delete connection.submittedNamedStatements[name];
}
