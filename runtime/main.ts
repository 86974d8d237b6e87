import { once } from "node:events";
import path from "node:path";
import process from "node:process";
import { z } from "zod";
import { type BridgeEnvironment, bridgeEnvironment } from "../config/environment.ts";
import { StkError } from "../src/core/error.ts";
import { createBridge } from "./bridge.ts";
import { createBridgeServer } from "./http/server.ts";
import { type BufferedLog, createLog } from "./log.ts";
import { takeStrayError } from "./logic/stray-error.ts";
import { readManifest } from "./manifest-file.ts";

/** Ends the process: drains once it serves, and writes the log out. */
type Ending = { end(exitCode: number): Promise<void> };

/** Boots the Bridge from the process's environment, and ends it when the process is told to. */
async function main(
  { log, flush }: BufferedLog,
  variables: BridgeEnvironment,
  ending: Ending,
): Promise<void> {
  const manifest = await readManifest(variables.MANIFEST_PATH);
  const environment = { ...process.env };
  // Modules, and the packages in them, are given what they declare; the rest of the secrets is not theirs to read.
  for (const name of Object.keys(process.env)) if (!readLater.test(name)) delete process.env[name];
  const modulesRoot = path.dirname(path.resolve(variables.MANIFEST_PATH));
  const bridge = await createBridge({ manifest, modulesRoot, environment, log });
  const server = createBridgeServer(bridge.handle).listen(variables.PORT, variables.HOST);
  await once(server, "listening");
  log.info(
    { name: manifest.name, address: server.address(), ms: Math.round(performance.now()) },
    "The Bridge listens.",
  );

  ending.end = async (exitCode) => {
    ending.end = async () => process.exit(1); // asked twice
    const closed = new Promise((resolve) => server.close(resolve));
    await bridge.close();
    server.closeIdleConnections();
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, graceMs))]);
    server.closeAllConnections();
    await flush();
    process.exit(exitCode);
  };
  const told = (signal: NodeJS.Signals) => {
    log.info({ signal }, "The Bridge ends.");
    void ending.end(0);
  };
  process.on("SIGTERM", told);
  process.on("SIGINT", told);
}

/** Variables that Node, OpenSSL and `pg` look at while the process runs. */
const readLater = /^(?:TZ$|NODE_|SSL_CERT_|PG(?!PASSWORD$))|_PROXY$/i;

/** How long answers that were written may take to leave. */
const graceMs = 1_000;

function start(): void {
  const parsed = bridgeEnvironment.safeParse(process.env);
  const output = createLog(parsed.success ? parsed.data.STK_LOG_LEVEL : "info");
  const ending: Ending = {
    async end(exitCode) {
      await output.flush();
      process.exit(exitCode);
    },
  };
  const die = (error: unknown) => {
    output.log.fatal(describe(error), "The Bridge cannot go on.");
    void ending.end(1);
  };
  if (!parsed.success) {
    die(new StkError("invalid_variable", z.prettifyError(parsed.error)));
    return;
  }
  process.on("uncaughtException", (error) => {
    if (!takeStrayError(error, output.log)) die(error);
  });
  process.on("unhandledRejection", (error) => {
    if (!takeStrayError(error, output.log))
      output.log.error(describe(error), "A promise was rejected and nobody waited for it.");
  });
  main(output, parsed.data, ending).catch(die);
}

/** No stack: an error of boot is about the environment, and what it holds is secret. */
function describe(error: unknown): Record<string, unknown> {
  if (error instanceof StkError) return { code: error.code, reason: error.message, hint: error.hint };
  if (!(error instanceof Error)) return { reason: "Something was thrown that is no error." };
  return { code: "code" in error ? error.code : error.name, reason: error.message };
}

start();
