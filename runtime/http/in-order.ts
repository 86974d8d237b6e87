import type { RequestListener } from "node:http";
import type { Socket } from "node:net";
import process from "node:process";
import { bridgeLimits } from "../../config/bridge.ts";

const { pipelined } = bridgeLimits.http;

/**
 * Serves the requests of one connection one after another: calls are not safe methods, which alone may run in parallel
 * (RFC 9112, 9.3.2), and answers that wait for their turn would fill the memory. A client that sends more requests ahead
 * than a bound is disconnected.
 */
export function inOrder(serve: RequestListener): RequestListener {
  const waiting = new WeakMap<Socket, number>();
  return (request, response) => {
    if (response.socket !== null) {
      serve(request, response);
      return;
    }
    const { socket } = request;
    const ahead = waiting.get(socket) ?? 0;
    if (ahead >= pipelined) {
      socket.destroy();
      return;
    }
    waiting.set(socket, ahead + 1);
    response.once("socket", () => {
      waiting.set(socket, (waiting.get(socket) ?? 1) - 1);
      process.nextTick(serve, request, response);
    });
  };
}
