import type { IncomingMessage } from "node:http";

/**
 * A body, or what came instead: `too_large` as soon as more than the limit came, `late` when it did not come in time,
 * `malformed` where its chunks are none, `aborted` when the client went.
 */
export type Received = Buffer | "too_large" | "late" | "malformed" | "aborted";

/** Reads a body of at most so many bytes, counted as they come. `take` is called once. */
export function readBody(request: IncomingMessage, limit: number, take: (received: Received) => void): void {
  if (request.destroyed) {
    take("aborted");
    return;
  }
  if (Number(request.headers["content-length"] ?? 0) > limit) {
    take("too_large");
    return;
  }
  let chunks: Buffer[] = [];
  let bytes = 0;
  let taken = false;
  const end = (received: Received) => {
    if (taken) return;
    taken = true;
    chunks = [];
    take(received);
  };
  request.on("data", (chunk: Buffer) => {
    if (taken) return;
    bytes += chunk.length;
    if (bytes > limit) end("too_large");
    else chunks.push(chunk);
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
