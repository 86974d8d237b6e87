import pg from "pg";

declare module "pg" {
  // What pg has and its types leave out: lib/query.js.
  interface Query {
    handleDataRow(message: { readonly length: number }): void;
  }
}

type Config = { name: string | undefined; text: string; values: unknown[]; queryMode: string };
type Done = (error: Error | null, result: pg.QueryResult) => void;

/** A query that keeps no more rows, and says so once, when they have more than so many bytes. */
export class BoundedQuery extends pg.Query {
  readonly #maxBytes: number;
  readonly #exceeded: () => void;
  #bytes = 0;

  constructor(config: Config, done: Done, maxBytes: number, exceeded: () => void) {
    super(config, (error, result) => done(error ?? null, result));
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
