import { once } from "node:events";
import { Socket } from "node:net";
import pg from "pg";
import { pino } from "pino";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { type Bridge, type BridgeInput, createBridge } from "../../runtime/bridge.ts";
import { createBridgeServer } from "../../runtime/http/server.ts";
import type { Log } from "../../runtime/log.ts";
import { serverSettings } from "../../runtime/server-settings.ts";
import { type FreshDatabase, freshDatabase } from "../services/postgres.ts";
import { manifestOf, notesSql } from "./manifest.ts";

const answered = z.strictObject({
  data: z.unknown().optional(),
  more: z.literal(true).optional(),
  error: z
    .strictObject({
      code: z.string(),
      message: z.string(),
      requestId: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
});

/** What a call answered; a body of any other shape fails the test. */
export type Answer = { status: number; headers: Headers; body: z.infer<typeof answered> };

/** Sends a call's body as it is. */
export async function post(
  url: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${url}/call`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  return { status: response.status, headers: response.headers, body: answered.parse(await response.json()) };
}

/** Says when to clean up: after the test, or with `afterAll` after all of them. */
export type After = (clean: () => Promise<void>) => void;

/** A Bridge behind a real socket. */
export type Served = {
  bridge: Bridge;
  url: string;
  port: number;
  call(path: string, params?: unknown, headers?: Record<string, string>): Promise<Answer>;
};

/** A database with the notes, dropped when the test is over. */
export async function notesDatabase(sql = notesSql, after: After = onTestFinished): Promise<FreshDatabase> {
  const database = await freshDatabase();
  after(() => database.drop());
  await execute(database.url, sql);
  return database;
}

/** Runs SQL on a connection of its own. */
export async function execute(url: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

/** A line of the log, as far as tests look at it. */
export type Line = { level: string; msg: string; status?: number; code?: string };

/** A log that can be read. */
export function recordingLog(): { log: Log; lines(): Line[] } {
  const lines: Line[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = pino({ base: null, formatters: { level: (level) => ({ level }) } }, destination);
  return { log, lines: () => lines };
}

/** Serves a manifest until the test is over. */
export async function serve(
  input: Partial<BridgeInput> & { url: string },
  after: After = onTestFinished,
): Promise<Served> {
  const { url: databaseUrl, ...rest } = input;
  const environment = { DATABASE_URL: databaseUrl, ...rest.environment };
  const bridge = await createBridge({
    manifest: manifestOf(),
    modulesRoot: "/nowhere",
    ...rest,
    environment,
  });
  const { server: declared } = rest.manifest ?? manifestOf();
  const server = createBridgeServer(bridge.handle, {
    connections: serverSettings(declared, environment).limits.connections,
    ...(rest.log && { log: rest.log }),
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  after(async () => {
    await bridge.close();
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  const { port } = address;
  const url = `http://127.0.0.1:${port}`;
  return {
    bridge,
    url,
    port,
    call: (path, params, headers) => post(url, JSON.stringify({ path, params }), headers),
  };
}

/** Waits until the Bridge says that it is ready. */
export async function untilReady({ bridge }: { bridge: Bridge }, withinMs = 10_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while ((await bridge.readiness()).status !== "ready") {
    if (Date.now() > deadline) throw new Error(JSON.stringify(await bridge.readiness()));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Sends bytes as they are, and gives all that comes back until the other side closes or is silent. */
export async function exchange(port: number, bytes: string | Buffer, silentMs = 500): Promise<string> {
  const socket = new Socket();
  let received = "";
  socket.on("error", () => undefined);
  socket.on("data", (chunk: Buffer) => {
    received += chunk.toString("latin1");
  });
  socket.setTimeout(silentMs, () => socket.destroy());
  socket.connect(port, "127.0.0.1", () => socket.write(bytes));
  await once(socket, "close");
  return received;
}
