import { LRUCache } from "lru-cache";
import type { SqlStatement } from "../database/database.ts";
import { statementName } from "../sql/statement-name.ts";
import type { Bind, Parameters } from "./parameters.ts";

/** A compiled statement, and the values of a call in the order of its parameters. */
export type Bound = {
  readonly statement: () => SqlStatement;
  readonly bind: Bind;
  /** Which value of the call a parameter is, counted from 0. */
  readonly givenBy: (parameter: number) => number | undefined;
};

const maxShapes = 5_000;
const maxShapeCharacters = 500_000;
/** Characters; a session keeps the plan of what is prepared, which takes many times as much. */
const maxPreparedText = 8_000;

/** Names statements that come again, so that connections keep them prepared, each as many as it has room for. */
export class PreparedNames {
  /** Compiles a statement from what was printed; it has no name the first time. `readOnly` is the statement's. */
  prepare(printed: string, parameters: Parameters, readOnly = false): Bound {
    const { text, bind, givenBy } = parameters.number(printed);
    let statement: SqlStatement = readOnly ? { text, readOnly } : { text };
    let uses = 0;
    return {
      statement: () => {
        uses += 1;
        if (uses === 2 && text.length <= maxPreparedText)
          statement = { ...statement, name: statementName(text) };
        return statement;
      },
      bind,
      givenBy,
    };
  }
}

/**
 * What keeps the compiled statements of all calls on tables. They take many times the memory of their shapes, and
 * whoever may make one call can make up shapes without end: the least recently used are forgotten.
 */
export class ShapeCache {
  readonly #used = new LRUCache<string, object>({
    max: maxShapes,
    maxSize: maxShapeCharacters,
    sizeCalculation: (_, shape) => shape.length,
  });
  #owners = 0;

  /** The statements of one plan. */
  shapes<T extends object>(): Shapes<T> {
    this.#owners += 1;
    return new Shapes(this.#used, `${this.#owners}|`);
  }
}

/** Compiled statements by the shape of the call: all of it but the values. */
export class Shapes<T extends object> {
  readonly #used: LRUCache<string, object>;
  readonly #prefix: string;
  /** By what stands for them in the cache: they go when that goes. */
  readonly #made = new WeakMap<object, T>();

  constructor(used: LRUCache<string, object>, prefix: string) {
    this.#used = used;
    this.#prefix = prefix;
  }

  /** The compiled statement of a shape, made once. */
  get(shape: string, compile: () => T): T {
    const key = this.#prefix + shape;
    const place = this.#used.get(key);
    const known = place === undefined ? undefined : this.#made.get(place);
    if (known !== undefined) return known;
    const made = compile();
    const kept = {};
    this.#made.set(kept, made);
    this.#used.set(key, kept);
    return made;
  }
}
