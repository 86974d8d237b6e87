import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { startBalancer } from "./balancer.ts";
import type { Bridge } from "./bridge.ts";
import { type Fault, type Stage, underOneBridge } from "./stage.ts";

const head = (length: number): string =>
  `POST /call HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

/** Opens connections that send a text and read nothing, until the fault is over. */
function hoard({ after }: Stage, { port }: Bridge, count: number, text: string): void {
  const sockets = Array.from({ length: count }, () => {
    const socket = connect(port, "127.0.0.1").on("error", () => undefined);
    socket.pause().write(text);
    return socket;
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
  });
}

const large = JSON.stringify({ path: "large" });

/** Faults of clients, of modules, and of the Bridge itself. */
export const bridgeFaults: readonly Fault[] = [
  {
    name: "none: modules that call inside of their transaction, on a pool of 4",
    means: "An inner call joins its transaction, so that 16 writers on 4 sessions wait and none fails.",
    run: underOneBridge(() => wait(5_000), ["module"]),
  },
  {
    name: "500 connections with unfinished bodies",
    means: "Bodies that do not end take a bounded part of the memory; other clients notice nothing.",
    run: underOneBridge(async (stage, bridge) => {
      hoard(stage, bridge, 500, head(100_000) + " ".repeat(60_000));
      await wait(5_000);
    }),
  },
  {
    name: "five readers that stop reading answers of 6 MB",
    means: "Answers that nobody reads take a bounded part of the memory, and their clients are given up.",
    run: underOneBridge(async (stage, bridge) => {
      hoard(stage, bridge, 5, (head(large.length) + large).repeat(20));
      await wait(5_000);
    }),
  },
  {
    name: "a module that throws in a timer, 20 times a second",
    means: "A stray error is logged with its module and ends no other call.",
    run: underOneBridge(async (_, { origin }) => {
      const body = JSON.stringify({ path: "stray" });
      const headers = { "content-type": "application/json" };
      for (let turn = 0; turn < 100; turn += 1) {
        await fetch(`${origin}/call`, { method: "POST", headers, body });
        await wait(50);
      }
    }),
  },
  {
    name: "nobody reads the log",
    means: "Lines of the log are dropped and counted; calls are served.",
    async run({ start, load }) {
      const { origin } = await start({ logsAreRead: false });
      return load(origin, () => wait(5_000));
    },
  },
  {
    name: "SIGTERM while another Bridge takes over behind a balancer, twice",
    means: "With a balancer that asks `/readyz` within `lameduck`, a replacement loses no call.",
    async run({ start, load, after }) {
      let current = await start();
      const balancer = await startBalancer();
      after(balancer.stop);
      await balancer.add(current.origin);
      return load(balancer.origin, async () => {
        for (let turn = 0; turn < 2; turn += 1) {
          await wait(500);
          const next = await start();
          await balancer.add(next.origin);
          await current.end("SIGTERM");
          current = next;
        }
        await wait(500);
      });
    },
  },
  {
    name: "SIGKILL of the Bridge, and started again",
    means: "Calls that ran get no answer: clients that use keys repeat them, others have to look.",
    async run({ start, load }) {
      const bridge = await start();
      return load(bridge.origin, async () => {
        await wait(1_500);
        await bridge.end("SIGKILL");
        await start({ port: bridge.port });
        await wait(2_500);
      });
    },
  },
];
