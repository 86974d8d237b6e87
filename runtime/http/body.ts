import type { IncomingMessage } from "node:http";
import { bridgeLimits } from "../../config/bridge.ts";
import type { Bodies, HeldBody } from "./bodies.ts";

/**
 * A body, or what came instead: `too_large` as soon as more than the limit came, `late` when it did not come in time,
 * `crowded` when there was no room for it, `malformed` where its chunks are none, `aborted` when the client went.
 */
export type Received = Buffer | "too_large" | "late" | "crowded" | "malformed" | "aborted";

/** The bounds of a body, and what holds the bodies of all requests. */
export type BodyBounds = {
  readonly bodyBytes: number;
  readonly bodiesBytes: number;
  readonly bodies: Bodies;
};

const { chunkBytes } = bridgeLimits.http;

/**
 * Reads a body of at most so many bytes, counted as they come. `take` is called once, with what
 * holds the body until it is released.
 */
export function readBody(
  request: IncomingMessage,
  { bodyBytes, bodiesBytes, bodies }: BodyBounds,
  take: (received: Received, held: HeldBody) => void,
): void {
  let chunks: Buffer[] = [];
  let bytes = 0;
  let taken = false;
  const held: HeldBody = { bytes: 0, refuse: () => end("crowded") };
  const end = (received: Received) => {
    if (taken) return;
    taken = true;
    chunks = [];
    if (typeof received === "string") bodies.release(held);
    else bodies.arrived(held);
    take(received, held);
  };
  if (request.destroyed) {
    end("aborted");
    return;
  }
  if (Number(request.headers["content-length"] ?? 0) > bodyBytes) {
    end("too_large");
    return;
  }
  request.on("data", (chunk: Buffer) => {
    if (taken) return;
    bytes += chunk.length;
    if (bytes > bodyBytes) {
      end("too_large");
      return;
    }
    chunks.push(chunk);
    bodies.grow(held, bytes + chunks.length * chunkBytes, bodiesBytes);
  });
  request.on("end", () => {
    const [only] = chunks;
    end(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks));
  });
  request.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === requestTimeout) end("late");
    else end(error.code?.startsWith("HPE_") ? "malformed" : "aborted");
  });
}

/** The code of Node's error for a request that did not come in time. */
export const requestTimeout = "ERR_HTTP_REQUEST_TIMEOUT";
