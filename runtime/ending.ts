import type { Server } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { bridgeLimits } from "../config/bridge.ts";
import { defaults } from "../config/defaults.ts";
import { isProduction } from "../config/environment.ts";
import type { Bridge } from "./bridge.ts";
import type { Log } from "./log.ts";
import type { ServerSettings } from "./server-settings.ts";

/** How long each part of the end takes at most, in milliseconds. */
export type EndTimes = { readonly lameduckMs: number; readonly drainMs: number; readonly graceMs: number };

/** The times of a release: without a lameduck in development, where it does not ask for one. */
export function endTimes(
  { lameduckMs, drainMs }: ServerSettings,
  environment: Readonly<Record<string, string | undefined>>,
): EndTimes {
  const usual = isProduction(environment) ? defaults.lameduckMs : 0;
  return { lameduckMs: lameduckMs ?? usual, drainMs, graceMs: bridgeLimits.ending.graceMs };
}

/** Says at boot which grace period the platform must give for the longest calls to be answered. */
export function tellOfCutCalls({ limits }: ServerSettings, times: EndTimes, log: Log): void {
  if (limits.timeMs <= times.drainMs) return;
  const graceSeconds = Math.ceil((times.lameduckMs + limits.timeMs + times.graceMs) / 1_000) + 1;
  log.info(
    { timeMs: limits.timeMs, drainMs: times.drainMs, graceSeconds },
    `Calls may take longer than \`drain\` gives them at the end. For all to be answered, set \`drain\` to \`limits.time\` in config/server.yaml and the platform's grace period to ${graceSeconds} s.`,
  );
}

/**
 * Ends serving without losing a call: unready at once and, where it was ready, serving on until balancers know it, then no new connections,
 * then the calls that run and the bodies that arrive, to the last byte of their answers. What is left then is cut.
 *
 * @returns whether something was cut.
 */
export async function endServing(
  bridge: Bridge,
  server: Server,
  { lameduckMs, drainMs, graceMs }: EndTimes,
): Promise<boolean> {
  bridge.retire();
  if (lameduckMs > 0 && bridge.wasReady) await wait(lameduckMs);
  const closed = new Promise<true>((resolve) => server.close(() => resolve(true)));
  // What is kept for its answer is idle when that has left.
  const closing = setInterval(() => server.closeIdleConnections(), bridgeLimits.ending.closeEveryMs);
  let isOver = await Promise.race([closed, wait(drainMs, false)]);
  const gone = wait(graceMs, false);
  await Promise.race([bridge.close(0), gone]);
  isOver ||= await Promise.race([closed, gone]);
  clearInterval(closing);
  server.closeAllConnections();
  return !isOver;
}
