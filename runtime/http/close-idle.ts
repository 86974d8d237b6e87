import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Lets a server close as idle only the connections whose answers have left: Node takes those for idle too of which a
 * client still reads the last answer, and cuts it.
 */
export function closeOnlyIdle(server: Server, open: ReadonlySet<Socket>): void {
  const close = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => {
    const sending = [...open].filter(({ writableLength }) => writableLength > 0);
    for (const socket of sending) socket.destroy = () => socket;
    try {
      close();
    } finally {
      for (const socket of sending) Reflect.deleteProperty(socket, "destroy");
    }
  };
}
