import type { Writable } from "node:stream";

/**
 * Lets what one turn of the event loop writes to a socket leave in one write: that costs more than all else that is done
 * with a statement.
 */
export class GatheredWrites {
  #gathering = false;

  /** Called before something is written. */
  begin(stream: Pick<Writable, "cork" | "uncork">): void {
    if (this.#gathering) return;
    this.#gathering = true;
    stream.cork();
    setImmediate(() => {
      this.#gathering = false;
      stream.uncork();
    });
  }
}
