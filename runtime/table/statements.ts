import { LRUCache } from "lru-cache";
import type { SqlStatement } from "../database/database.ts";
import { statementName } from "../sql/statement-name.ts";
import type { Bind, Parameters } from "./parameters.ts";

/** A compiled statement, and the values of a call in the order of its parameters. */
export type Bound = {
  readonly statement: () => SqlStatement;
  readonly bind: Bind;
};

const shapesPerPlan = 500;
const maxPrepared = 1_000;

/**
 * Names statements that come again, so that connections keep them prepared. A connection never forgets a statement,
 * so only so many get a name in a process's life; others are sent whole each time.
 */
export class PreparedNames {
  #left = maxPrepared;

  /** Compiles a statement from what was printed; it has no name the first time. */
  prepare(printed: string, parameters: Parameters): Bound {
    const { text, bind } = parameters.number(printed);
    return { statement: this.#named(text), bind };
  }

  #named(text: string): () => SqlStatement {
    let statement: SqlStatement = { text };
    let used = false;
    return () => {
      if (used && statement.name === undefined && this.#left > 0) {
        this.#left -= 1;
        statement = { name: statementName(text), text };
      }
      used = true;
      return statement;
    };
  }
}

/** Compiled statements by the shape of the call: all of it but the values. The least recently used are forgotten. */
export class Shapes<T extends object> {
  readonly #cache = new LRUCache<string, T>({ max: shapesPerPlan });

  /** The compiled statement of a shape, made once. */
  get(shape: string, compile: () => T): T {
    const known = this.#cache.get(shape);
    if (known !== undefined) return known;
    const made = compile();
    this.#cache.set(shape, made);
    return made;
  }
}
