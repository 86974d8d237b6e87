import { type Logger, pino, stdTimeFunctions } from "pino";
import type { BridgeEnvironment } from "../config/environment.ts";

/** Where the Bridge writes what happened; pino's, as far as it is used here. */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error" | "fatal">;

/** A log and the way to write out what is still in memory. */
export type BufferedLog = { log: Log; flush(): void };

const secrets = ["password", "secret", "token", "authorization", "apiKey", "cookie"];
const flushMs = 250;
const bufferBytes = 8_192;

/**
 * JSON lines on standard output, written in blocks, so that a call waits for none of them. Members that are named like
 * secrets are left out, at the top and one level below.
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
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`]), remove: true },
    },
    destination,
  );
  return { log, flush: () => destination.flushSync() };
}

/** A log that keeps nothing. */
export const silentLog: Log = pino({ level: "silent", enabled: false });
