import path from "node:path";
import { z } from "zod";
import { startIssuer } from "../e2e/issuer.ts";
import { startPostgres } from "../services/postgres-server.ts";
import { type Request, requestsPerSecond } from "./load.ts";
import { interleaved } from "./measure.ts";
import { bridgeFile, owner, prepareProject, taskId } from "./project.ts";
import type { Section } from "./report.ts";
import { type Server, startServer } from "./server.ts";

const columns = ["id", "title", "status", "due_on", "owner_id", "created_at"];
const callPath = "db/main/tasks/select";
const bodies = {
  "one row by its key": { path: callPath, params: { columns, where: { id: taskId }, limit: 1 } },
  "a list of 20": {
    path: callPath,
    params: { columns, where: { owner_id: owner }, orderBy: [{ column: "created_at" }], limit: 20 },
  },
};

/** Calls per second of the Bridge and of two hand-written servers, and the time from a process's start to ready. */
export async function measureRequests(directory: string): Promise<Section[]> {
  const [postgres, issuer] = await Promise.all([startPostgres(18), startIssuer()]);
  try {
    const manifest = await prepareProject(directory, postgres.url);
    const bridgeEnv = {
      MANIFEST_PATH: manifest,
      DATABASE_URL: postgres.url,
      AUTH_ISSUER: issuer.issuer,
      AUTH_JWKS_URL: issuer.jwks,
      NODE_ENV: "production",
    };
    const floorFile = path.join(import.meta.dirname, "floor.ts");
    const boot = await measureBoot(bridgeEnv);
    const servers = {
      bridge: await startServer(bridgeFile, bridgeEnv),
      pool: await startServer(floorFile, { DATABASE_URL: postgres.url }),
      pipeline: await startServer(floorFile, { DATABASE_URL: postgres.url, PIPELINE: "true" }),
    };
    try {
      const token = await issuer.token({ sub: owner, audience: "shop" });
      const sections: Section[] = [];
      for (const [name, body] of Object.entries(bodies)) {
        const request = { body: JSON.stringify(body), token };
        sections.push(await compare(name, servers, request));
      }
      return [...sections, boot];
    } finally {
      await Promise.all(Object.values(servers).map((server) => server.stop()));
    }
  } finally {
    await Promise.all([postgres.stop(), issuer.stop()]);
  }
}

type Servers = Readonly<Record<"bridge" | "pool" | "pipeline", Server>>;

async function compare(name: string, servers: Servers, request: Request): Promise<Section> {
  await assertSameRows(servers, request);
  const load = ({ origin }: Server) => requestsPerSecond(origin, request);
  for (const server of Object.values(servers)) await load(server);
  const { bridge, pool, pipeline } = await interleaved(
    {
      pool: () => load(servers.pool),
      bridge: () => load(servers.bridge),
      pipeline: () => load(servers.pipeline),
    },
    5,
  );
  return {
    title: `Calls per second: ${name}`,
    text:
      "The Bridge verifies a JWT and adds the row permission `owner_id = $user.id`; the hand-written servers of node:http " +
      "and `pg` run a prepared statement and check nothing. 20,000 rows, 32 connections of wrk, 10 of Postgres; server, " +
      "wrk and Postgres share the machine.",
    unit: "calls/s",
    rows: [
      { name: "hand-written, pool", figure: pool },
      {
        name: "hand-written, pipelined",
        figure: pipeline,
        ratio: { of: pipeline.median / pool.median, to: "pool" },
      },
      {
        name: "Bridge",
        figure: bridge,
        ratio: { of: bridge.median / pool.median, to: "pool" },
        aim: "at least 0.85",
      },
    ],
  };
}

const rows = z.object({ data: z.array(z.object({ id: z.string() })).min(1) });

/** Nothing is compared that answers differently. */
async function assertSameRows(servers: Servers, { body, token }: Request): Promise<void> {
  const answers = await Promise.all(
    Object.values(servers).map(async ({ origin }) => {
      const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
      const response = await fetch(`${origin}/call`, { method: "POST", headers, body });
      const { data } = rows.parse(await response.json());
      return JSON.stringify(data.map(({ id }) => id));
    }),
  );
  if (new Set(answers).size !== 1) throw new Error(`The servers differ: ${answers.join("\n")}`);
}

async function measureBoot(env: Readonly<Record<string, string>>): Promise<Section> {
  const boot = async (): Promise<number> => {
    const server = await startServer(bridgeFile, env);
    await server.stop();
    return server.readyMs;
  };
  const { bridge } = await interleaved({ bridge: boot }, 15);
  return {
    title: "From process start to ready",
    text: "Until /readyz answers 200: the manifest read, the rules compiled, the database compared with the schema.",
    unit: "ms",
    rows: [{ name: "Bridge", figure: bridge, aim: "under 150 ms" }],
  };
}
