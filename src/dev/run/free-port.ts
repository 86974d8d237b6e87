import { once } from "node:events";
import { createServer } from "node:net";
import { StkError } from "../../core/error.ts";

const loopback = "127.0.0.1";

/**
 * A port of the loopback interface that can be listened on: the one that is asked for, or any for 0.
 *
 * @throws {StkError} `port_in_use`
 */
export async function freePort(wanted: number): Promise<number> {
  const server = createServer().listen(wanted, loopback);
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new StkError("port_in_use", `${loopback}:${wanted} cannot be listened on.`, {
      hint: "Stop what uses it, or give another port with --port.",
      cause,
    });
  }
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : wanted;
}
