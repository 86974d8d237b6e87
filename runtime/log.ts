import { type Logger, pino, stdTimeFunctions } from "pino";
import type { BridgeEnvironment } from "../config/environment.ts";

/** Where the Bridge writes what happened; pino's, as far as it is used here. */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error" | "fatal" | "child">;

/** A log and the way to write out what is still in memory. */
export type BufferedLog = { log: Log; flush(): void };

const secrets = ["password", "secret", "token", "authorization", "apiKey", "cookie"];
const flushMs = 50;
const bufferBytes = 8_192;

/**
 * JSON lines on standard output, written in blocks, so that a call waits for none of them. What the Bridge logs holds
 * no token, no params and no secret; see {@link redacting} for what others log.
 */
export function createLog(level: BridgeEnvironment["STK_LOG_LEVEL"]): BufferedLog {
  const destination = pino.destination({
    dest: 1,
    sync: false,
    minLength: bufferBytes,
    periodicFlush: flushMs,
  });
  const log = pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return { log, flush: () => destination.flushSync() };
}

/** A log for code that may log anything: members named like secrets are left out, at the top and one level below. */
export const redacting = (log: Log): Log =>
  log.child({}, { redact: { paths: secrets.flatMap((name) => [name, `*.${name}`]), remove: true } });

/** A log that keeps nothing. */
export const silentLog: Log = pino({ level: "silent", enabled: false });
