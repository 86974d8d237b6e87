import { bridgeLimits } from "../../config/bridge.ts";

/** A body in memory, from its first byte until its call is answered. */
export type HeldBody = { bytes: number; readonly refuse: () => void };

const { smallBytes } = bridgeLimits.http;

/**
 * The bodies that are held in memory. Where they are larger than the budget, those that began to arrive first are
 * refused: they are the slowest. A body that has arrived is held until its call is answered.
 */
export class Bodies {
  #bytes = 0;
  readonly #arriving = new Set<HeldBody>();

  /** Says that a body that arrives has so many bytes by now. */
  grow(body: HeldBody, bytes: number, budget: number): void {
    if (bytes <= smallBytes) return;
    this.#bytes += bytes - body.bytes;
    body.bytes = bytes;
    this.#arriving.add(body);
    for (const oldest of this.#arriving) {
      if (this.#bytes <= budget) return;
      this.release(oldest);
      oldest.refuse();
    }
  }

  /** Says that a body has arrived, and is refused no more. */
  arrived(body: HeldBody): void {
    this.#arriving.delete(body);
  }

  /** Says that a body is no longer held. */
  release(body: HeldBody): void {
    this.#arriving.delete(body);
    this.#bytes -= body.bytes;
    body.bytes = 0;
  }
}
