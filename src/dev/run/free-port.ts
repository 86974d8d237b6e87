import { once } from "node:events";
import { createServer } from "node:net";
import { listenError } from "../listen-error.ts";

const loopback = "127.0.0.1";

/**
 * A port of the loopback interface that can be listened on: the one that is asked for, or any for 0.
 *
 * @throws {StkError} `port_in_use`, `address_refused`
 */
export async function freePort(wanted: number): Promise<number> {
  const server = createServer().listen(wanted, loopback);
  try {
    await once(server, "listening");
  } catch (cause) {
    throw listenError(cause, loopback, wanted);
  }
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : wanted;
}
