import { Agent, request } from "node:http";
import { json } from "node:stream/consumers";
import { z } from "zod";

/** What a client hears of a call: `data`, the `code` of an error (`refused`: no connection was made), or nothing. */
export type Heard = { data: unknown } | { code: string } | "nothing";

const answer = z.object({ data: z.unknown().optional(), error: z.object({ code: z.string() }).optional() });
const patienceMs = 8_000;

/** Makes calls over a connection of its own, which is opened again where it was lost. */
export class Client {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #origin: string;
  readonly #token: string;

  constructor(origin: string, token: string) {
    this.#origin = origin;
    this.#token = token;
  }

  call(path: string, params: unknown, key?: string): Promise<Heard> {
    const body = JSON.stringify({ path, params, ...(key !== undefined && { key }) });
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      authorization: `Bearer ${this.#token}`,
    };
    return new Promise((resolve) => {
      const nothing = () => resolve("nothing");
      request(`${this.#origin}/call`, {
        method: "POST",
        agent: this.#agent,
        headers,
        signal: AbortSignal.timeout(patienceMs),
      })
        .on("response", (response) => {
          json(response)
            .then((body) => {
              const { data, error } = answer.parse(body);
              resolve(error ?? { data });
            })
            .catch(nothing);
        })
        .on("error", (error: NodeJS.ErrnoException) =>
          error.code === "ECONNREFUSED" ? resolve({ code: "refused" }) : nothing(),
        )
        .end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
