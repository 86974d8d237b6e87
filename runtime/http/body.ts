import type { IncomingMessage } from "node:http";

/** Takes a body, or what came instead: `too_large` as soon as more than the limit came, `aborted` when the client went. */
export type BodyTaker = (body: Buffer | "too_large" | "aborted") => void;

/** Reads a body of at most so many bytes, counted as they come. */
export function readBody(request: IncomingMessage, limit: number, take: BodyTaker): void {
  if (Number(request.headers["content-length"] ?? 0) > limit) {
    take("too_large");
    return;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  let taken = false;
  const end = (body: Buffer | "too_large" | "aborted") => {
    if (taken) return;
    taken = true;
    take(body);
  };
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limit) {
      request.pause();
      end("too_large");
    } else chunks.push(chunk);
  });
  request.on("end", () => {
    const [only] = chunks;
    end(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks));
  });
  request.on("error", () => end("aborted"));
}
