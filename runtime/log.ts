import process from "node:process";
import { type Logger, pino, stdTimeFunctions } from "pino";
import type { BridgeEnvironment } from "../config/environment.ts";

/** Where the Bridge writes what happened; pino's, as far as it is used here. */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error" | "fatal" | "child">;

/** A log, and the way to write out what is still in memory. `flush` gives up on a reader that takes nothing. */
export type BufferedLog = { log: Log; flush(): Promise<void> };

/** What every line names: which release this is, and which of its processes. */
export type ProcessNames = {
  readonly release?: string | undefined;
  readonly bundle?: string | undefined;
  readonly replica: string;
};

const secrets = ["password", "secret", "token", "authorization", "apiKey", "cookie"];
const flushMs = 50;
const bufferBytes = 8_192;
/** What is kept for a reader that is slow; further lines are lost, and counted. */
const keptBytes = 4 * 1_024 ** 2;
const flushWithinMs = 1_000;

/**
 * JSON lines on standard output, written in blocks, so that a call waits for none of them. What the Bridge logs holds
 * no token, no params and no secret; see {@link redacting} for what others log.
 */
export function createLog(level: BridgeEnvironment["STK_LOG_LEVEL"], names: ProcessNames): BufferedLog {
  // Node opens its end without blocking: a write that nobody reads would hold a thread, and with it the process's end.
  void process.stdout;
  const destination = pino.destination({
    dest: 1,
    sync: false,
    minLength: bufferBytes,
    maxLength: keptBytes,
    periodicFlush: flushMs,
  });
  let lost = 0;
  destination.on("drop", () => {
    lost += 1;
  });
  const log = pino(
    {
      level,
      base: names,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  destination.on("drain", () => {
    if (lost === 0) return;
    const lines = lost;
    lost = 0;
    log.warn({ lines }, "Lines of the log were lost, as nobody read them in time.");
  });
  return { log, flush: () => flushed(destination) };
}

/** Twice, as a write that is under way ends without what came after it. Waiting for the reader would hold up the end. */
async function flushed(destination: ReturnType<typeof pino.destination>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    destination.destroy(); // else it is written at the exit, for as long as that takes
    resolve();
  }, flushWithinMs);
  destination.once("drain", () => {
    destination.once("drain", resolve);
    destination.flush();
  });
  destination.flush();
  await promise;
  clearTimeout(timer);
}

/** A log for code that may log anything: members named like secrets are left out, at the top and one level below. */
export const redacting = (log: Log): Log =>
  log.child({}, { redact: { paths: secrets.flatMap((name) => [name, `*.${name}`]), remove: true } });

/** A log that keeps nothing. */
export const silentLog: Log = pino({ level: "silent", enabled: false });
