import { once } from "node:events";
import type { Server } from "node:http";
import { createBridgeServer } from "../../runtime/http/server.ts";
import type { Log } from "../../runtime/log.ts";
import { takeStrayError } from "../../runtime/logic/stray-error.ts";
import type { CommandContext } from "../core/command.ts";
import { DiagnosticsError } from "../core/diagnostic.ts";
import { StkError } from "../core/error.ts";
import { readProject } from "../project/read-project.ts";
import { deleteDevelopmentDatabases } from "./database-directory.ts";
import { Development } from "./development.ts";
import { type DevelopmentKey, developmentJwks, developmentKey } from "./development-key.ts";
import { exampleCall } from "./example-call.ts";
import { listenError } from "./listen-error.ts";
import { takeLock } from "./lock.ts";
import { requestLog } from "./request-log.ts";
import { signToken } from "./sign-token.ts";
import { watchProject } from "./watch.ts";

/** How a project is served while it is worked on. `reset` deletes its development databases first. */
export type DevelopOptions = { root: string; host: string; port: number; reset: boolean };

const tokenLifetimeMs = 8 * 3_600_000;

/**
 * Serves a project from its files, and takes their changes over, until the context's signal aborts.
 *
 * @throws {StkError} `already_running`, `port_in_use`, `address_refused`, `database_blocked`
 */
export async function develop(options: DevelopOptions, context: CommandContext): Promise<void> {
  const { root, host, port, reset } = options;
  const { output, env } = context;
  const lock = await takeLock(root, { pid: process.pid, url: `http://${host}:${port}` });
  try {
    if (reset) {
      output.warn("--reset: deleting the development databases of this project, and all of their rows.");
      await deleteDevelopmentDatabases(root);
    }
    const key = await developmentKey(root);
    const input = { root, env, jwks: developmentJwks(key), output, log: requestLog(output) };
    const development = new Development(input);
    const unwatch = watchStrayErrors(input.log);
    try {
      await serve(development, key, options, context);
    } finally {
      unwatch();
      await development.close();
    }
  } finally {
    await lock.release();
  }
}

/** What logic throws where nobody catches it is shown as a line, and does not end `stk`; all else does. */
function watchStrayErrors(log: Log): () => void {
  const taken = (error: unknown) => {
    if (!takeStrayError(error, log)) throw error;
  };
  process.on("uncaughtException", taken);
  process.on("unhandledRejection", taken);
  return () => {
    process.off("uncaughtException", taken);
    process.off("unhandledRejection", taken);
  };
}

async function serve(
  development: Development,
  key: DevelopmentKey,
  { root, host, port }: DevelopOptions,
  { output, signal }: CommandContext,
): Promise<void> {
  let server: Server | undefined;
  let failure: unknown;
  const ended = new AbortController();

  const refresh = async (isFirst: boolean): Promise<void> => {
    const isTaken = await development.refresh().then(
      (result) => result === "served",
      async (error: unknown) => {
        if (isFirst && !(error instanceof DiagnosticsError) && !isFixedInFiles(error)) throw error;
        await show(error, root, output);
        return false;
      },
    );
    if (isTaken && server !== undefined) output.progress("Took the change over.");
    const goesOn =
      server === undefined
        ? "Nothing is served until this is right."
        : "The last good version goes on serving.";
    if (!isTaken) output.warn(goesOn);
    if (server === undefined && development.bridge !== undefined) {
      server = await listen(createBridgeServer(development.bridge.handle), host, port);
      await greet(development, key, urlOf(server, host), output);
    }
  };

  let last = Promise.resolve();
  let waiting = false;
  const changed = (): void => {
    if (waiting) return;
    waiting = true;
    last = last
      .then(() => {
        waiting = false;
        return ended.signal.aborted ? undefined : refresh(false);
      })
      .catch((error: unknown) => {
        failure = error;
        ended.abort();
      });
  };
  const watcher = watchProject(root, changed);
  try {
    await refresh(true);
    const either = AbortSignal.any([signal, ended.signal]);
    if (!either.aborted) await once(either, "abort");
    if (failure !== undefined) throw failure;
  } finally {
    watcher.close();
    ended.abort();
    await last;
    server?.close();
    server?.closeAllConnections();
  }
}

/** What an edit of the project's files or of `.env` puts right, so that it is worth waiting for. */
const isFixedInFiles = (error: unknown): boolean =>
  error instanceof StkError &&
  ["missing_variables", "invalid_variable", "invalid_module"].includes(error.code);

async function show(error: unknown, root: string, output: CommandContext["output"]): Promise<void> {
  if (error instanceof DiagnosticsError) output.diagnostics(error.diagnostics, await readProject(root));
  else if (error instanceof StkError)
    output.warn(`${error.message}${error.hint === undefined ? "" : `\n     ${error.hint}`}`);
  else throw error;
}

async function listen(server: Server, host: string, port: number): Promise<Server> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (cause) {
    throw listenError(cause, host, port);
  }
  return server;
}

/** Where a person reaches it: an address that stands for all of this machine's is none to go to. */
function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  if (["127.0.0.1", "0.0.0.0", "::1", "::"].includes(host)) return `http://localhost:${port}`;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

async function greet(
  { manifest, connections }: Development,
  key: DevelopmentKey,
  url: string,
  output: CommandContext["output"],
): Promise<void> {
  const name = manifest?.name ?? "";
  output.line(`Serving ${name} on ${url}. Ctrl-C ends it.`);
  const example = manifest === undefined ? undefined : await exampleCall(manifest, connections);
  if (example === undefined) return output.json({ name, url });
  const claims = { sub: example.sub, roles: [], expiresInMs: tokenLifetimeMs };
  const token = await signToken(key, claims, Date.now());
  output.json({ name, url, example: { token, body: JSON.parse(example.body) } });
  output.line();
  output.line(`curl -sS ${url}/call -H 'content-type: application/json' \\`);
  output.line(`  -H 'authorization: Bearer ${token}' \\`);
  output.line(`  -d '${example.body}'`);
  output.line();
}
