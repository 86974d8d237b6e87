import { Agent, request } from "node:http";
import { json } from "node:stream/consumers";
import { expect, onTestFinished } from "vitest";
import { z } from "zod";
import type { Manifest, SqlLogic } from "../../schema/manifest.ts";
import type { StartBalancer } from "../services/balancers.ts";
import { freePort } from "../services/port.ts";
import { type BridgeProcess, run, untilReady } from "./bridge-process.ts";
import { manifestOf } from "./manifest.ts";
import { execute, notesDatabase } from "./serve.ts";

/** What a rolling replacement did to those who called meanwhile. */
export type Outcome = {
  /** Calls that were answered with 200. */
  readonly calls: number;
  /** Every other answer, and every connection that ended without one. */
  readonly failed: readonly string[];
  /** Calls on a kept connection that was closed before a byte of an answer came: made again, as browsers do. */
  readonly repeated: number;
  /** Writes that were acknowledged and are not there exactly once. */
  readonly wrong: readonly string[];
};

/** Serves releases one after another behind a balancer while calls are made, and says how those went. */
export async function replace(
  startBalancer: StartBalancer,
  names: readonly string[],
  lameduckMs: number,
): Promise<Outcome> {
  const { url: DATABASE_URL } = await notesDatabase("create table writes (n text)"); // without a key that hides doubles
  const ports = [await freePort(), await freePort()];
  const at = (index: number) => ports[index % 2] ?? 0;
  const start = async (index: number) => {
    const manifest = release(names[index] ?? "", lameduckMs);
    const bridge = await run(manifest, { DATABASE_URL, PORT: String(at(index)) });
    await untilReady(bridge);
    return bridge;
  };
  let current = await start(0);
  const balancer = await startBalancer(ports);
  onTestFinished(() => balancer.stop());
  await balancer.use([at(0)]);
  await untilSteady(balancer.url);
  const load = startLoad(balancer.url);
  await load.served(names[0]);
  for (const [index, name] of names.entries()) {
    if (index === 0) continue;
    const next = await start(index);
    const { use } = balancer;
    await use(ports);
    await load.served(name);
    await endUnder(current, () => use([at(index)]));
    current = next;
  }
  const { acknowledged, ...outcome } = await load.end();
  const { rows } = await execute(DATABASE_URL, "select n from writes group by n having count(*) = 1");
  const there = new Set(rows.map(({ n }) => n));
  return { ...outcome, wrong: acknowledged.filter((n) => !there.has(n)) };
}

async function endUnder({ child, ended, lines }: BridgeProcess, told: () => Promise<void>): Promise<void> {
  child.kill("SIGTERM");
  await told();
  expect(await ended).toBe(0);
  expect(lines.filter(({ level }) => level === "warn" || level === "error")).toEqual([]);
}

const sql = (text: string, params: SqlLogic["params"] = {}): SqlLogic => ({
  kind: "sql",
  access: "public",
  params,
  connection: "main",
  returns: "value",
  statements: [
    {
      sql: text,
      bindings: Object.keys(params).map((name) => ({ from: "param", name })),
      types: Object.keys(params).map(() => "text"),
      result: [{ name: "v", type: "text" }],
    },
  ],
});

const { connections, server } = manifestOf();
const release = (name: string, lameduckMs: number): Manifest =>
  manifestOf({
    connections: Object.fromEntries(
      Object.entries(connections).map(([of, settings]) => [of, { ...settings, pool: 10 }]), // a session for each caller
    ),
    schema: { main: { enums: {}, tables: {} } },
    permissions: {},
    logic: {
      release: sql(`select '${name}' as v`),
      slow: sql("select 'done' as v from pg_sleep(0.8)"),
      write: sql("insert into writes values ($1) returning n as v", { n: { type: "text" } }),
    },
    server: { ...server, limits: { ...server.limits, timeMs: 5_000 }, lameduckMs, drainMs: 5_000 },
  });

const answer = z.object({ data: z.string() });

/** A kept connection was closed while the call was on its way. */
class ConnectionClosed extends Error {}

/** Makes one call over the agent's connection, or over one of its own. */
async function call(url: string, agent: Agent | false, path: string, params = {}): Promise<string> {
  const body = JSON.stringify({ path, params });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers = { "content-type": "application/json", "content-length": body.length };
  const sent = request(`${url}/call`, { method: "POST", agent, headers }, (response) => {
    json(response)
      .then((received) => {
        if (response.statusCode === 200) resolve(answer.parse(received).data);
        else reject(new Error(JSON.stringify(received)));
      })
      .catch((error: unknown) => reject(new Error(`${response.statusCode}`, { cause: error })));
  });
  sent.on("error", (error: NodeJS.ErrnoException) =>
    reject(sent.reusedSocket && error.code === "ECONNRESET" ? new ConnectionClosed() : error),
  );
  sent.end(body);
  return promise;
}

/** Waits until no call goes to a server that is not there. */
async function untilSteady(url: string): Promise<void> {
  let steady = 0;
  while (steady < 8) {
    const done = await call(url, false, "release").then(
      () => true,
      () => false,
    );
    steady = done ? steady + 1 : 0;
  }
}

/** Reads and writes by callers that keep their connection and by callers that open one for each call, until `end`. */
function startLoad(url: string) {
  let going = true;
  let calls = 0;
  let repeated = 0;
  let written = 0;
  const failed: string[] = [];
  const acknowledged: string[] = [];
  let latest: string | undefined;
  const made = async (agent: Agent | false, path: string, params?: object): Promise<string | undefined> => {
    try {
      const data = await call(url, agent, path, params);
      calls += 1;
      return data;
    } catch (error) {
      if (error instanceof ConnectionClosed) {
        repeated += 1;
        return made(agent, path, params);
      }
      failed.push(`${path}: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
  };
  const caller = async (agent: Agent | false) => {
    while (going) {
      latest = await made(agent, "release");
      written += 1;
      const n = await made(agent, "write", { n: `${written}` });
      if (n !== undefined) acknowledged.push(n);
    }
  };
  const slow = async (agent: Agent | false) => {
    while (going) await made(agent, "slow");
  };
  const kept = Array.from({ length: 3 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  const callers = [
    ...kept.slice(1).map(caller),
    caller(false),
    caller(false),
    slow(kept[0] ?? false),
    slow(false),
  ];
  return {
    /** Waits until a release answers. */
    served: (name: string | undefined) =>
      expect.poll(() => latest, { interval: 1, timeout: 10_000 }).toBe(name),
    async end() {
      going = false;
      await Promise.all(callers);
      for (const agent of kept) agent.destroy();
      return { calls, failed, repeated, acknowledged };
    },
  };
}
