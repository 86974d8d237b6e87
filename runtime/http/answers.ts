import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { bridgeLimits } from "../../config/bridge.ts";
import type { Refusals } from "./refusals.ts";

type Unread = { readonly socket: Socket; readonly bytes: number };

/**
 * The answers that wait in memory until their clients read them. A client that reads nothing for a while is
 * disconnected, and where the answers are larger than the budget so are those whose answers have waited longest.
 */
export class UnreadAnswers {
  #bytes = 0;
  readonly #unread = new Set<Unread>();
  readonly #refusals: Refusals;

  constructor(refusals: Refusals) {
    this.#refusals = refusals;
  }

  /** Looks after an answer that was written; most have left already, and cost nothing. */
  watch(response: ServerResponse, bytes: number, budget: number): void {
    const { socket } = response;
    if (socket === null || socket.writableLength === 0) return;
    const answer = { socket, bytes };
    this.#unread.add(answer);
    this.#bytes += bytes;
    socket.setTimeout(bridgeLimits.http.stalledMs); // Node destroys it then; what is read meanwhile counts as life
    response.prependOnceListener("finish", () => socket.setTimeout(0)); // before Node sets the one of keep-alive
    response.once("close", () => {
      this.#drop(answer);
      if (!response.writableFinished) this.#refusals.count("answers");
    });
    for (const oldest of this.#unread) {
      if (this.#bytes <= budget) return;
      this.#drop(oldest);
      oldest.socket.destroy();
    }
  }

  #drop(answer: Unread): void {
    if (this.#unread.delete(answer)) this.#bytes -= answer.bytes;
  }
}
