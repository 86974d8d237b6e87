import type { IncomingMessage, RequestListener } from "node:http";
import type { Socket } from "node:net";
import process from "node:process";
import { bridgeLimits } from "../../config/bridge.ts";
import { disconnect } from "./disconnect.ts";
import type { Refusals } from "./refusals.ts";

const limits = bridgeLimits.http.ahead;

/**
 * Serves the requests of one connection one after another: calls are not safe methods, which alone may run in parallel
 * (RFC 9112, 9.3.2), and answers that wait for their turn would fill the memory. A client that sends more requests ahead
 * than a bound is disconnected, and so is one that sends ahead while what all clients sent ahead fills its budget: to end
 * those that wait would free nothing before the next turn of the event loop.
 */
export function inOrder(refusals: Refusals, serve: RequestListener): RequestListener {
  const ahead = new Ahead();
  return (request, response) => {
    if (response.socket !== null) {
      serve(request, response);
      return;
    }
    const { socket } = request;
    const bytes = sizeOf(request);
    if (!ahead.add(socket, bytes)) {
      refusals.count("requests");
      disconnect(socket);
      return;
    }
    response.once("socket", () => {
      ahead.remove(socket, bytes);
      process.nextTick(serve, request, response);
    });
  };
}

type Waiting = { requests: number; bytes: number; readonly closed: () => void };

/** The requests that were sent ahead, by connection. */
class Ahead {
  #bytes = 0;
  readonly #waiting = new Map<Socket, Waiting>();

  /** Counts a request until it is removed or its connection is closed; says whether there is room for it. */
  add(socket: Socket, bytes: number): boolean {
    const waiting = this.#waiting.get(socket) ?? this.#begin(socket);
    waiting.requests += 1;
    waiting.bytes += bytes;
    this.#bytes += bytes;
    return waiting.requests <= limits.requests && this.#bytes <= limits.bytes;
  }

  /** Says that a request waits no more. */
  remove(socket: Socket, bytes: number): void {
    const waiting = this.#waiting.get(socket);
    if (waiting === undefined) return;
    waiting.requests -= 1;
    waiting.bytes -= bytes;
    this.#bytes -= bytes;
    if (waiting.requests > 0) return;
    socket.off("close", waiting.closed);
    this.#waiting.delete(socket);
  }

  #begin(socket: Socket): Waiting {
    const closed = () => {
      this.#bytes -= waiting.bytes;
      this.#waiting.delete(socket);
    };
    const waiting = { requests: 0, bytes: 0, closed };
    this.#waiting.set(socket, waiting);
    socket.once("close", closed);
    return waiting;
  }
}

/** What a request that waits takes of the memory at most: its body is not read, so Node keeps no more than a buffer of it. */
function sizeOf({ rawHeaders, headers, socket }: IncomingMessage): number {
  let bytes = limits.requestBytes;
  for (const text of rawHeaders) bytes += text.length + limits.textBytes;
  if (headers["transfer-encoding"] !== undefined) return bytes + limits.chunkedBytes;
  return bytes + Math.min(Number(headers["content-length"] ?? 0), 2 * socket.readableHighWaterMark);
}
