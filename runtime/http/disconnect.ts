import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

declare module "node:net" {
  interface Socket {
    /** Node's parser, and what it gives each request to (lib/_http_server.js); a negative answer ends it. */
    readonly parser?: { onIncoming: ((request: IncomingMessage) => number) | null } | null;
  }
}

/**
 * Closes a connection whose client sends too much ahead. One read may hold thousands of requests, and Node would go on to
 * make an object of each.
 */
export function disconnect(socket: Socket): void {
  socket.destroy();
  const { parser } = socket;
  if (parser) parser.onIncoming = () => -1;
}
