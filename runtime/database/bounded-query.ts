import pg from "pg";

declare module "pg" {
  // What pg has and its types leave out: lib/query.js.
  interface Query {
    name: string | undefined;
    values: unknown[];
    queryMode: string | undefined;
    handleDataRow(message: { readonly length: number }): void;
  }
}

type Config = {
  readonly name: string | undefined;
  readonly text: string;
  readonly values: readonly unknown[];
};
type Done = (error: Error | null, result: pg.QueryResult) => void;

/**
 * A query by the extended protocol (the simple one would also run what stands behind a semicolon). It keeps no more
 * rows, and says so once, when they have more than so many bytes.
 */
export class BoundedQuery extends pg.Query {
  readonly #maxBytes: number;
  readonly #exceeded: () => void;
  #bytes = 0;

  constructor({ name, text, values }: Config, done: Done, maxBytes: number, exceeded: () => void) {
    // A text, as pg copies an object property by property.
    super(text, (error, result) => done(error ?? null, result));
    this.name = name;
    this.values = [...values];
    this.queryMode = "extended";
    this.#maxBytes = maxBytes;
    this.#exceeded = exceeded;
  }

  override handleDataRow(message: { readonly length: number }): void {
    const before = this.#bytes;
    this.#bytes += message.length;
    if (this.#bytes <= this.#maxBytes) super.handleDataRow(message);
    else if (before <= this.#maxBytes) this.#exceeded();
  }
}
