import pg from "pg";
import { sealed } from "../sealed.ts";
import type { Row } from "./database.ts";
import type { Description, RowMessage } from "./row-messages.ts";
import type { RowShape } from "./row-shape.ts";

declare module "pg" {
  // What pg has and its types leave out: lib/query.js.
  interface Query {
    name: string | undefined;
    values: unknown[];
    queryMode: string | undefined;
    handleRowDescription(message: Description): void;
    handleDataRow(message: RowMessage): void;
  }
}

type SentStatement = {
  readonly name: string | undefined;
  readonly text: string;
  readonly values: readonly unknown[];
};

/** What a statement gave; `shape` is that of its rows, where it has any. */
export type Result = {
  readonly rows: Row[];
  readonly shape: RowShape | undefined;
  readonly rowCount: number | null;
  readonly command: string;
};

/** What a query tells the one who sends it. */
export type QueryEvents = {
  /** The shape of rows that are described so. */
  shapeOf(description: Description): RowShape;
  /** Its rows have more bytes than it keeps. */
  exceeded(): void;
  done(error: Error | null, result: Result): void;
};

/**
 * A query by the extended protocol (the simple one would also run what stands behind a semicolon). It keeps no more
 * rows, and says so once, when they have more than so many bytes.
 */
export class BoundedQuery extends pg.Query {
  readonly #maxBytes: number;
  readonly #events: QueryEvents;
  readonly #rows: Row[] = [];
  #shape: RowShape | undefined;
  #failure: Error | null = null;
  #bytes = 0;

  constructor({ name, text, values }: SentStatement, maxBytes: number, events: QueryEvents) {
    // A text, as pg copies an object property by property.
    super(text, (error: Error | null, result?: pg.QueryResult) => {
      const { rowCount = null, command = "" } = result ?? {};
      events.done(error ?? this.#failure, { rows: this.#rows, shape: this.#shape, rowCount, command });
    });
    this.name = name;
    this.values = [...values];
    this.queryMode = "extended";
    this.#maxBytes = maxBytes;
    this.#events = events;
  }

  override handleRowDescription(message: Description): void {
    this.#shape = this.#events.shapeOf(message);
  }

  override handleDataRow(message: RowMessage): void {
    const before = this.#bytes;
    this.#bytes += message.length;
    if (this.#bytes <= this.#maxBytes) this.#keep(message);
    else if (before <= this.#maxBytes) this.#events.exceeded();
  }

  /** What a decoder throws fails the query, and not the connection. */
  #keep(message: RowMessage): void {
    try {
      if (this.#shape !== undefined) this.#rows.push(this.#shape.row(message));
    } catch (error) {
      this.#failure ??= error instanceof Error ? error : new Error("A row could not be read.");
    }
  }
}
sealed(BoundedQuery);
