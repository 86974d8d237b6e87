import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A way to a database on which single answers get lost. */
export type Cutter = {
  url: string;
  /** Ends the connection in place of the answer to the next message that holds a text. */
  cutAnswerTo(text: string): void;
  /** How many connections were made. */
  readonly connections: number;
  /** Keeps connections that are made from now on waiting, until what it gives is called. */
  hold(): () => void;
};

/** Leads to a database through a port of its own until the test is over. */
export async function cutter(url: string): Promise<Cutter> {
  const way = await openCutter(url);
  onTestFinished(way.close);
  return way;
}

/** Leads to a database through a port of its own until it is closed. */
export async function openCutter(url: string): Promise<Cutter & { close(): Promise<void> }> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let wanted: string | undefined;
  let connections = 0;
  let held: Promise<void> | undefined;
  const server = createServer((near) => {
    connections += 1;
    const far = connect(Number(target.port), target.hostname);
    let isMarked = false;
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    const waited = held;
    near.on("data", (chunk: Buffer) => {
      if (wanted !== undefined && chunk.includes(wanted)) {
        isMarked = true;
        wanted = undefined;
      }
      if (waited === undefined) far.write(chunk);
      else void waited.then(() => far.write(chunk));
    });
    far.on("data", (chunk: Buffer) => (isMarked ? near.destroy() : near.write(chunk)));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const near = new URL(url);
  near.port = String(portOf(server.address()));
  return {
    url: near.href,
    cutAnswerTo(text) {
      wanted = text;
    },
    get connections() {
      return connections;
    },
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return () => {
        held = undefined;
        resolve();
      };
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("The way has no port.");
  return address.port;
}
