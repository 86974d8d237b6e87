import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import type { SqlLogic } from "../../schema/manifest.ts";
import { describeWith } from "../services/needs.ts";
import { type BridgeProcess, run, untilReady, useBridgeFile } from "./bridge-process.ts";
import { manifestOf } from "./manifest.ts";
import { notesDatabase, post } from "./serve.ts";

useBridgeFile();

const nothing = '{"path":"nothing"}';
const head = (length: number) =>
  `POST /call HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

async function started(server: Partial<ReturnType<typeof manifestOf>["server"]>, environment = {}) {
  const { url: DATABASE_URL } = await notesDatabase();
  const manifest = manifestOf({ server: { ...manifestOf().server, ...server } });
  const bridge = await run(manifest, { DATABASE_URL, ...environment });
  await untilReady(bridge);
  return bridge;
}

async function opened(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  await once(socket, "connect");
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}

it("is unready at once, and serves on for the lameduck: new connections too, each answer the last of its own", async () => {
  const bridge = await started({ lameduckMs: 800 });
  const startedAt = performance.now();
  bridge.child.kill("SIGTERM");
  await expect.poll(async () => (await fetch(`${bridge.url}/readyz`)).status, { interval: 10 }).toBe(503);
  const { status, headers } = await post(bridge.url, nothing);
  expect({ status, connection: headers.get("connection") }).toEqual({ status: 404, connection: "close" });
  expect(await bridge.ended).toBe(0);
  expect(performance.now() - startedAt).toBeGreaterThan(750);
});

it("keeps the lameduck in production without being told", async () => {
  const bridge = await started({}, { NODE_ENV: "production" });
  bridge.child.kill("SIGTERM");
  await expect.poll(() => bridge.lines.at(-1), { interval: 10 }).toMatchObject({ lameduckMs: 3_000 });
  bridge.child.kill("SIGTERM"); // the second ends at once
  expect(await bridge.ended).toBe(1);
});

it("answers a body that is still arriving after the listener has closed", async () => {
  const bridge = await started({});
  const socket = await opened(bridge.url);
  socket.write(head(nothing.length) + nothing.slice(0, 5));
  await expect.poll(async () => (await fetch(`${bridge.url}/healthz`)).status).toBe(200); // what was sent has arrived
  bridge.child.kill("SIGTERM");
  await expect.poll(() => fetch(bridge.url).catch(() => "closed"), { interval: 10 }).toBe("closed");
  socket.write(nothing.slice(5));
  const [answer] = await once(socket, "data");
  expect(String(answer)).toMatch(/^HTTP\/1\.1 404 /);
  expect(await bridge.ended).toBe(0);
  expect(bridge.lines.map(({ msg }) => msg)).not.toContain(
    "Calls or answers that were not done in time were cut.",
  );
});

it("gives an answer that its client reads slowly the time of the drain, to the last byte", async () => {
  const { url: DATABASE_URL } = await notesDatabase();
  const many: SqlLogic = {
    kind: "sql",
    access: "public",
    params: {},
    connection: "main",
    returns: "rows",
    statements: [
      {
        sql: "select repeat('x', 100000) as v from generate_series(1, 90)",
        bindings: [],
        types: [],
        result: [{ name: "v", type: "text" }],
      },
    ],
  };
  const { limits, ...server } = manifestOf().server;
  const large = { ...limits, answerBytes: 20_000_000, answersBytes: 40_000_000 };
  const manifest = manifestOf({ logic: { many }, server: { ...server, limits: large, drainMs: 4_000 } });
  const bridge = await run(manifest, { DATABASE_URL });
  await untilReady(bridge);
  const socket = await opened(bridge.url);
  let bytes = 0;
  socket.on("data", (chunk: Buffer) => {
    if (bytes === 0) socket.pause();
    bytes += chunk.length;
  });
  const call = '{"path":"many"}';
  socket.write(head(call.length) + call);
  await expect.poll(() => bytes, { timeout: 5_000 }).toBeGreaterThan(0);
  bridge.child.kill("SIGTERM");
  await expect.poll(() => fetch(bridge.url).catch(() => "closed"), { interval: 10 }).toBe("closed");
  setTimeout(() => socket.resume(), 500);
  await once(socket, "close");
  expect(bytes).toBeGreaterThan(9_000_000);
  expect(await bridge.ended).toBe(0);
  expect(bridge.lines.map(({ level }) => level)).not.toContain("warn");
});

it("cuts a body that never comes when the time is over, and says so", async () => {
  const bridge = await started({ drainMs: 300 });
  const socket = await opened(bridge.url);
  socket.write(head(100));
  await expect.poll(async () => (await fetch(`${bridge.url}/healthz`)).status).toBe(200);
  const startedAt = performance.now();
  bridge.child.kill("SIGTERM");
  expect(await bridge.ended).toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(3_000);
  expect(bridge.lines.map(({ msg }) => msg)).toContain(
    "Calls or answers that were not done in time were cut.",
  );
});

/** A Bridge that waits for a database which takes the connection and says nothing. */
async function booting(through?: readonly string[], environment = {}): Promise<BridgeProcess> {
  const silent = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => {
    silent.close();
  });
  await once(silent, "listening");
  const address = silent.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  const DATABASE_URL = `postgres://a:b@127.0.0.1:${address.port}/c`;
  const bridge = await run(manifestOf(), { DATABASE_URL, ...environment }, {}, through);
  await Promise.race([once(silent, "connection"), bridge.ended]);
  return bridge;
}

it("ends at once with 0 while it boots", async () => {
  const bridge = await booting();
  const startedAt = performance.now();
  bridge.child.kill("SIGTERM");
  expect(await bridge.ended).toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

it("has no lameduck where it was never ready, as nobody was sent to it", async () => {
  const bridge = await booting(undefined, { NODE_ENV: "production" });
  await expect.poll(() => JSON.stringify(bridge.lines)).toContain("The Bridge listens.");
  const startedAt = performance.now();
  bridge.child.kill("SIGTERM");
  expect(await bridge.ended).toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(2_500);
  expect(JSON.stringify(bridge.lines)).not.toContain("The Bridge is ready.");
});

await describeWith(["namespaces"], "as PID 1, which ignores signals that it does not handle", () => {
  it("ends at once with 0 while it boots", async () => {
    const { child, ended } = await booting(["unshare", "--pid", "--fork", "--kill-child"]);
    const pid = Number(await readFile(`/proc/${child.pid}/task/${child.pid}/children`, "utf8"));
    process.kill(pid, "SIGTERM");
    expect(await ended).toBe(0);
  });
});

it("says at boot which grace period lets the longest call be answered", async () => {
  const { limits } = manifestOf().server;
  const server = { limits: { ...limits, timeMs: 20_000 }, drainMs: 5_000, lameduckMs: 3_000 };
  const bridge = await started(server);
  expect(bridge.lines).toContainEqual(
    expect.objectContaining({ level: "info", timeMs: 20_000, drainMs: 5_000, graceSeconds: 25 }),
  );
  bridge.child.kill("SIGKILL");
});

it("is reached over IPv4 and IPv6 where HOST says nothing", async () => {
  const bridge = await started({}, { HOST: undefined });
  const { port } = new URL(bridge.url);
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  expect((await fetch(`http://[::1]:${port}/healthz`)).status).toBe(200);
});
