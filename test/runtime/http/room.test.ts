import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Manifest } from "../../../schema/manifest.ts";
import { run, untilReady as untilProcessReady, useBridgeFile } from "../bridge-process.ts";
import { manifestOf } from "../manifest.ts";
import { execute, notesDatabase, post, recordingLog, serve, untilReady } from "../serve.ts";
import { callWithoutReading, peakMemory, sendAhead, sendUnfinished } from "./hoarders.ts";

useBridgeFile();

const { limits, ...rest } = manifestOf().server;
const limited = (change: Partial<typeof limits>) => ({ ...rest, limits: { ...limits, ...change } });
const mebibyte = 1_024 ** 2;

const sql = (text: string, returns: "rows" | "value" = "value"): Manifest["logic"][string] => ({
  kind: "sql",
  access: "public",
  params: {},
  connection: "main",
  returns,
  statements: [{ sql: text, bindings: [], types: [], result: [{ name: "v", type: "text" }] }],
});

async function modules(sources: Readonly<Record<string, string>>) {
  const modulesRoot = await mkdtemp(path.join(tmpdir(), "santokit-room-"));
  onTestFinished(() => rm(modulesRoot, { recursive: true }));
  const entries = await Promise.all(
    Object.entries(sources).map(async ([name, source]): Promise<[string, Manifest["logic"][string]]> => {
      await writeFile(path.join(modulesRoot, `${name}.mjs`), source);
      const file = `${name}.mjs`;
      return [name, { kind: "module", access: "public", params: {}, connection: "main", file, env: [] }];
    }),
  );
  return { modulesRoot, logic: Object.fromEntries(entries) };
}

const nothing = '{"path":"nothing"}';

describe("memory under attack", () => {
  it("stays bounded while bodies without end do not end, and others are served", async () => {
    const { url: DATABASE_URL } = await notesDatabase();
    const server = limited({ bodyBytes: mebibyte, bodiesBytes: 16 * mebibyte });
    const bridge = await run(manifestOf({ server }), { DATABASE_URL });
    await untilProcessReady(bridge);
    const before = await peakMemory(bridge);
    const attack = sendUnfinished(bridge.url, 60, mebibyte);
    expect((await post(bridge.url, nothing)).status).toBe(404);
    await attack;
    expect((await post(bridge.url, nothing.padEnd(500_000))).status).toBe(404);
    expect((await peakMemory(bridge)) - before).toBeLessThan(100);
    expect(bridge.lines).toContainEqual(expect.objectContaining({ level: "warn", refused: { bodies: 1 } }));
  });

  it("stays bounded while clients send many requests ahead, and others are served", async () => {
    const { url: DATABASE_URL } = await notesDatabase();
    const server = limited({ timeMs: 15_000, concurrency: 1_000, connections: 1_000 });
    const logic = { slow: sql("select pg_sleep(10)") };
    const NODE_OPTIONS = "--max-old-space-size=128";
    const bridge = await run(manifestOf({ server, logic }), { DATABASE_URL, NODE_OPTIONS });
    await untilProcessReady(bridge);
    await sendAhead(bridge.url, 300, '{"path":"slow"}', { requests: 64, headers: 120 });
    const refused = expect.objectContaining({ level: "warn", refused: { requests: 1 } });
    await vi.waitFor(() => expect(bridge.lines).toContainEqual(refused), { timeout: 20_000 });
    expect((await post(bridge.url, nothing)).status).toBe(404);
  });

  it("stays bounded while clients do not read large answers, and others are served", async () => {
    const { url: DATABASE_URL } = await notesDatabase();
    const server = limited({ timeMs: 15_000, answerBytes: 32 * mebibyte, answersBytes: 50 * mebibyte });
    const logic = { large: sql("select repeat('x', 20000000) as v") };
    const bridge = await run(manifestOf({ server, logic }), { DATABASE_URL });
    await untilProcessReady(bridge);
    const readers = await Promise.all(
      Array.from({ length: 5 }, () => callWithoutReading(bridge.url, "large")),
    );
    const refused = () => bridge.lines.filter(({ msg }) => msg.startsWith("There was no room"));
    await expect.poll(() => refused().length, { timeout: 10_000, interval: 50 }).toBe(1);
    expect((await post(bridge.url, nothing)).status).toBe(404);
    expect(await peakMemory(bridge)).toBeLessThan(600);
    expect(readers).toHaveLength(5);
  });
});

describe("an answer over the limit of bytes", () => {
  it("has a code of its own, from tables, SQL logic and modules", async () => {
    const { url } = await notesDatabase();
    await execute(url, "update notes set body = repeat('é', 60000) where owner_id = 'ada'");
    const made = await modules({ module: "export default () => 'x'.repeat(200_000);" });
    const logic = {
      ...made.logic,
      rows: sql("select repeat('x', 1000) as v from generate_series(1, 99)", "rows"),
      million: sql("select repeat('x', 1000) as v from generate_series(1, 300000)", "rows"),
      write: sql("update notes set mood = 'cross' where id = 3 returning repeat('x', 200000) as v"),
    };
    const server = limited({ answerBytes: 90_000 });
    const served = await serve({
      url,
      modulesRoot: made.modulesRoot,
      manifest: manifestOf({ server, logic }),
      environment: { STK_DISABLE_AUTH: "true" },
    });
    await untilReady(served);
    const token = Buffer.from('{"sub":"ada"}').toString("base64url");
    const asAda = { authorization: `Bearer eyJhbGciOiJub25lIn0.${token}.` };
    for (const name of ["module", "rows", "million", "write", "db/main/notes/select"]) {
      const { status, body } = await served.call(name, {}, asAda);
      expect({ name, status, code: body.error?.code }).toEqual({
        name,
        status: 422,
        code: "answer_too_large",
      });
      expect(body.error?.message.includes("was made")).toBe(["module", "write"].includes(name));
    }
    expect((await execute(url, "select mood from notes where id = 3")).rows).toEqual([{ mood: "cross" }]);
    const one = await served.call("db/main/notes/select", { columns: ["id"] }, asAda);
    expect(one.status).toBe(200);
  });
});

describe("a call that never returns", () => {
  it("holds its place no longer than its time", async () => {
    const { url } = await notesDatabase();
    const { modulesRoot, logic } = await modules({
      stuck: "export default () => new Promise(() => {});",
      quick: "export default () => 1;",
    });
    const server = limited({ concurrency: 1, timeMs: 300 });
    const served = await serve({ url, modulesRoot, manifest: manifestOf({ server, logic }) });
    await untilReady(served);
    expect((await served.call("stuck")).status).toBe(504);
    expect((await served.call("quick")).body).toEqual({ data: 1 });
  });
});

describe("connections over the limit", () => {
  it("are told to come again, and are counted, while health is answered", async () => {
    const { url } = await notesDatabase();
    const { log, lines } = recordingLog();
    const served = await serve({ url, log, manifest: manifestOf({ server: limited({ connections: 3 }) }) });
    await untilReady(served);
    for (let index = 0; index < 3; index += 1) {
      const socket = connect(served.port, "127.0.0.1").on("error", () => undefined);
      onTestFinished(() => {
        socket.destroy();
      });
      await once(socket, "connect");
    }
    const { status, headers, body } = await post(served.url, nothing);
    expect({ status, code: body.error?.code }).toEqual({ status: 503, code: "unavailable" });
    expect({ retry: headers.get("retry-after"), connection: headers.get("connection") }).toEqual({
      retry: "1",
      connection: "close",
    });
    expect((await fetch(`${served.url}/readyz`, { headers: { connection: "close" } })).status).toBe(200);
    expect(lines()).toContainEqual(expect.objectContaining({ level: "warn", refused: { connections: 1 } }));
  });
});
