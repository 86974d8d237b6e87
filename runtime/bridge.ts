import type { RequestListener } from "node:http";
import { hostname } from "node:os";
import type { Manifest } from "../schema/manifest.ts";
import { authMode, configureAuth, optionalVariables } from "./auth/configure.ts";
import { compileCalls } from "./calls.ts";
import type { Database } from "./database/database.ts";
import { createPool } from "./database/pool.ts";
import { poolSize } from "./database/pool-size.ts";
import { UnreadAnswers } from "./http/answers.ts";
import { Bodies } from "./http/bodies.ts";
import { CallLog } from "./http/call-log.ts";
import { compileCors } from "./http/cors.ts";
import { createHandler, type Served } from "./http/handler.ts";
import { Refusals } from "./http/refusals.ts";
import { RunningCalls } from "./http/running.ts";
import { type Log, silentLog } from "./log.ts";
import { SourceLocations } from "./logic/source-map.ts";
import { Readiness, type ReadinessReport } from "./readiness.ts";
import { assertVariables } from "./required-variables.ts";
import { type SettledManifest, serverSettings } from "./server-settings.ts";

/** A connection as the manifest has it. */
export type ConnectionSettings = Manifest["connections"][string];

/** What a Bridge is made of. Effects are the platform's own where they are not given. */
export type BridgeInput = {
  readonly manifest: Manifest;
  /** The directory that the manifest's modules are in. */
  readonly modulesRoot: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Gives the database of a connection; a pool on the URL that the environment holds without it. */
  readonly connect?: (name: string, settings: ConnectionSettings) => Database;
  readonly log?: Log;
  readonly fetch?: typeof fetch;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
};

/** A Bridge that serves, behind any server of node:http. */
export type Bridge = {
  readonly handle: RequestListener;
  /** Whether it was ready at some time: before that it answers no call, and no balancer sends any. */
  readonly wasReady: boolean;
  /** What `/readyz` answers at this moment. */
  readiness(): Promise<ReadinessReport>;
  /**
   * Serves another manifest from now on. Calls that run go on with the one before. When this throws, that one stays.
   *
   * @throws {StkError} as {@link createBridge}.
   */
  reload(manifest: Manifest, modulesRoot: string): Promise<void>;
  /** Is unready from now on, and closes connections with their answers; calls are still made. */
  retire(): void;
  /**
   * Is unready from now on, waits for the calls that run, ends the rest, and closes what is open.
   *
   * @param withinMs how long calls may run on: the manifest's `drainMs` without it.
   */
  close(withinMs?: number): Promise<void>;
};

/** A release that is served: what answers, and what it holds open. */
type Release = Served & {
  readonly manifest: SettledManifest;
  readonly readiness: Readiness;
  /** Settled when every database was asked once. */
  readonly asked: Promise<void>;
  readonly pools: Pools;
};
type Pools = ReadonlyMap<string, { readonly settings: string; readonly database: Database }>;

/**
 * Makes a Bridge of a manifest. It serves at once, and answers calls when its databases fit.
 *
 * @throws {StkError} `missing_variables`, `invalid_variable`, `invalid_connection`, `development_only`,
 *   `invalid_manifest`, `invalid_module`.
 * @example
 * const bridge = await createBridge({ manifest, modulesRoot: "dist", environment: process.env });
 * createBridgeServer(bridge.handle).listen(8080);
 */
export async function createBridge(input: BridgeInput): Promise<Bridge> {
  const { environment, connect, log = silentLog, now = Date.now } = input;
  const effects = { log, now, fetch: input.fetch ?? fetchLater };
  let draining = false;

  async function open(declared: Manifest, modulesRoot: string, before: Pools): Promise<Release> {
    const mode = authMode(environment);
    const urls = connect === undefined ? [] : Object.values(declared.connections).map(({ url }) => url.env);
    assertVariables(declared, environment, new Set([...optionalVariables(declared, mode), ...urls]));
    const manifest = { ...declared, server: serverSettings(declared.server, environment) };
    const authenticator = configureAuth(declared, environment, mode, effects);
    const pools = openPools(manifest, before);
    try {
      const databases = new Map([...pools].map(([name, { database }]) => [name, database]));
      const sources = new SourceLocations(modulesRoot);
      const servesMismatch = environment.STK_SCHEMA_MISMATCH === "serve";
      const readiness = new Readiness({ databases, manifest, servesMismatch, log });
      const shared = { manifest, modulesRoot, databases, readiness, environment, log, sources };
      const calls = await compileCalls(shared);
      const asked = readiness.start();
      return {
        manifest,
        readiness,
        asked,
        pools,
        calls,
        authenticator,
        cors: compileCors(manifest.server.cors),
        limits: manifest.server.limits,
        sources,
        logging: manifest.server.log,
        isOpen: () => readiness.fitted,
      };
    } catch (error) {
      await closePools(pools, before);
      throw error;
    }
  }

  /** Pools of before are kept where their settings are the same. */
  function openPools(manifest: SettledManifest, before: Pools): Pools {
    return new Map(
      Object.entries(manifest.connections).map(([name, declared]) => {
        const settings = JSON.stringify(declared);
        const known = before.get(name);
        return [
          name,
          known?.settings === settings ? known : { settings, database: openDatabase(name, declared) },
        ];
      }),
    );
  }

  function openDatabase(name: string, settings: ConnectionSettings): Database {
    if (connect !== undefined) return connect(name, settings);
    const url = environment[settings.url.env] ?? "";
    const pool = poolSize(settings.pool, environment);
    const applicationName = applicationNameOf(input.manifest.name, hostname());
    return createPool(name, { ...settings, url, pool, applicationName }, log);
  }

  let current = await open(input.manifest, input.modulesRoot, new Map());
  const running = new RunningCalls();
  // Who develops repeats a call to see its error again.
  const callLog = new CallLog(log, { isWhole: environment.NODE_ENV === "development" });
  const refusals = new Refusals(log);
  const room = { bodies: new Bodies(), answers: new UnreadAnswers(refusals), refusals };

  async function report(): Promise<ReadinessReport> {
    if (draining)
      return { status: "unready", reasons: [{ code: "draining", message: "The Bridge is about to end." }] };
    return current.readiness.report();
  }

  return {
    handle: createHandler({
      served: () => current,
      report,
      isDraining: () => draining,
      running,
      room,
      callLog,
    }),
    get wasReady() {
      return current.readiness.fitted;
    },
    readiness: report,
    async reload(manifest, modulesRoot) {
      const next = await open(manifest, modulesRoot, current.pools);
      await next.asked;
      const previous = current;
      current = next;
      previous.readiness.stop();
      await running.ended();
      await closePools(previous.pools, next.pools);
    },
    retire() {
      draining = true;
    },
    async close(withinMs = current.manifest.server.drainMs) {
      draining = true;
      await running.drain(withinMs);
      current.readiness.stop();
      await closePools(current.pools, new Map());
    },
  };
}

/** The project and the replica, in 63 bytes: of a long host name the end tells replicas apart. */
const applicationNameOf = (project: string, host: string): string => {
  const replica = host.replace(/[^\x21-\x7e]/g, "").slice(-40);
  return `${project.slice(0, 62 - replica.length)}@${replica}`;
};

/** Node loads its fetch when it is first named, which would cost every start what only the first token needs. */
const fetchLater: typeof fetch = (...request) => fetch(...request);

/** Closes the pools that are not kept; each ends when what it was asked before is answered. */
async function closePools(pools: Pools, kept: Pools): Promise<void> {
  const ending = [...pools].filter(([name, { database }]) => kept.get(name)?.database !== database);
  await Promise.all(ending.map(([, { database }]) => database.close()));
}
