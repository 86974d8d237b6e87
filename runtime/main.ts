import "./signals.ts"; // first: the signals are to be heard while the rest is loaded
import { once } from "node:events";
import { hostname } from "node:os";
import path from "node:path";
import process from "node:process";
import { z } from "zod";
import { type BridgeEnvironment, bridgeEnvironment } from "../config/environment.ts";
import { StkError } from "../src/core/error.ts";
import { createBridge } from "./bridge.ts";
import { DriverError } from "./database/driver-error.ts";
import { endServing, endTimes, tellOfCutCalls } from "./ending.ts";
import { CallError } from "./error.ts";
import { createBridgeServer } from "./http/server.ts";
import { isolate } from "./isolation/isolate.ts";
import { mayListen } from "./isolation/listening.ts";
import { createLog, type Log } from "./log.ts";
import { takeStrayError } from "./logic/stray-error.ts";
import { readManifest } from "./manifest-file.ts";
import { serverSettings } from "./server-settings.ts";
import { type EndSignal, onEndSignal } from "./signals.ts";
import { verifyBundle } from "./verify-bundle.ts";

/** Ends serving, at a signal or where the Bridge is broken. */
type Drain = (signal?: EndSignal) => Promise<void>;

/**
 * Boots the Bridge from the process's environment, and gives the way to end it. Stays away where the process ends
 * meanwhile.
 */
async function main(log: Log, variables: BridgeEnvironment, isEnding: () => boolean): Promise<Drain> {
  const modulesRoot = path.dirname(path.resolve(variables.MANIFEST_PATH));
  const manifest = await readManifest(variables.MANIFEST_PATH);
  if (variables.STK_BUNDLE_DIGEST !== undefined)
    await verifyBundle(modulesRoot, manifest, variables.STK_BUNDLE_DIGEST);
  const environment = { ...process.env };
  // Modules, and the packages in them, are given what they declare; the rest of the secrets is not theirs to read.
  const declared = new Set(manifest.environment.map(({ name }) => name));
  for (const name of Object.keys(process.env))
    if (!readLater.has(name) || declared.has(name)) delete process.env[name];
  if (Object.values(manifest.logic).some(({ kind }) => kind === "module"))
    await isolate({
      bridge: import.meta.url,
      env: process.env,
      shared: [CallError, StkError, DriverError],
      log,
    });
  const bridge = await createBridge({ manifest, modulesRoot, environment, log });
  if (isEnding()) return new Promise(() => {});
  const settings = serverSettings(manifest.server, environment);
  const { connections } = settings.limits;
  const server = mayListen(createBridgeServer(bridge.handle, { log, connections }));
  server.listen(variables.PORT, variables.HOST);
  await once(server, "listening");
  log.info(
    { name: manifest.name, address: server.address(), ms: Math.round(performance.now()) },
    "The Bridge listens.",
  );
  const times = endTimes(settings, environment);
  tellOfCutCalls(settings, times, log);
  return async (signal) => {
    // Only a platform that ends it has balancers that must hear of it.
    const asked = signal === "SIGTERM" ? times : { ...times, lameduckMs: 0 };
    log.info({ signal, ...asked }, "The Bridge ends.");
    const isCut = await endServing(bridge, server, asked);
    if (isCut) log.warn("Calls or answers that were not done in time were cut.");
  };
}

/** Variables that Node, OpenSSL and `pg` look at while the process runs. None holds a secret. */
const readLater: ReadonlySet<string> = new Set([
  ...["TZ", "NODE_ENV", "NODE_EXTRA_CA_CERTS", "NODE_TLS_REJECT_UNAUTHORIZED", "NODE_USE_SYSTEM_CA"],
  ...["SSL_CERT_DIR", "SSL_CERT_FILE"],
  ...["PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGAPPNAME", "PGOPTIONS", "PGCLIENT_ENCODING"],
  ...["PGCONNECT_TIMEOUT", "PGSSLMODE", "PGSSLNEGOTIATION"],
]);

function start(): void {
  const parsed = bridgeEnvironment.safeParse(process.env);
  const { STK_LOG_LEVEL: level = "info", STK_RELEASE, STK_BUNDLE_DIGEST } = parsed.data ?? {};
  const names = { release: STK_RELEASE, bundle: STK_BUNDLE_DIGEST, replica: hostname() };
  const { log, flush } = createLog(level, names);
  let drain: Drain | undefined;
  let ending = false;

  const end = async (exitCode: number, signal?: EndSignal): Promise<void> => {
    const isFirst = !ending;
    ending = true;
    if (isFirst) await drain?.(signal);
    await flush();
    process.exit(isFirst ? exitCode : 1);
  };
  const die = (error: unknown): void => {
    log.fatal(describe(error), "The Bridge cannot go on.");
    void end(1);
  };
  onEndSignal((signal) => {
    if (drain === undefined) log.info({ signal }, "The Bridge ends before it serves.");
    end(0, signal).catch(die);
  });
  if (!parsed.success) {
    die(new StkError("invalid_variable", z.prettifyError(parsed.error)));
    return;
  }
  process.on("uncaughtException", (error) => {
    if (!takeStrayError(error, log)) die(error);
  });
  process.on("unhandledRejection", (error) => {
    if (!takeStrayError(error, log))
      log.error(describe(error), "A promise was rejected and nobody waited for it.");
  });
  main(log, parsed.data, () => ending).then((serving) => {
    drain = serving;
  }, die);
}

/** No stack: an error of boot is about the environment, and what it holds is secret. */
function describe(error: unknown): Record<string, unknown> {
  if (error instanceof StkError) return { code: error.code, reason: error.message, hint: error.hint };
  if (!(error instanceof Error)) return { reason: "Something was thrown that is no error." };
  return { code: "code" in error ? error.code : error.name, reason: error.message };
}

start();
