import { isIP } from "node:net";
import { describeError } from "../describe-error.ts";
import { CallError } from "../error.ts";
import type { Log } from "../log.ts";
import type { SourceLocations } from "../logic/source-map.ts";
import { Repeats } from "../repeats.ts";
import type { ServerSettings } from "../server-settings.ts";
import type { Exchange, Outcome } from "./exchange.ts";
import { traceId } from "./trace-id.ts";

/** What the release that answered says of its lines. */
export type CallLogging = { readonly sources: SourceLocations; readonly logging: ServerSettings["log"] };

/** Writes one line for each call. An error that repeats is described once in an interval, with how often it came. */
export class CallLog {
  readonly #log: Log;
  readonly #repeats = new Repeats();
  readonly #isWhole: boolean;

  /** @param isWhole whether every error is described, however often it comes. */
  constructor(log: Log, { isWhole }: { isWhole: boolean }) {
    this.#log = log;
    this.#isWhole = isWhole;
  }

  write(
    exchange: Exchange,
    outcome: Outcome,
    error: Error | undefined,
    { sources, logging }: CallLogging,
  ): void {
    const now = performance.now();
    const ms = Math.round((now - exchange.startedAt) * 100) / 100;
    const { requestId, path, request } = exchange;
    const line = {
      requestId,
      traceId: traceId(request.headers.traceparent),
      path,
      ...outcome,
      ms,
      ...(error instanceof CallError && error.reason !== undefined && { reason: error.reason }),
      ...(logging?.caller === true && { caller: exchange.caller }),
      ...(logging?.address !== undefined && { address: addressOf(exchange, logging.address) }),
    };
    if ((outcome.unread ?? outcome.status) >= 500 && error !== undefined)
      this.#log.error({ ...line, ...this.#described(error, path, sources, now) }, "call");
    else if (ms >= (logging?.slowMs ?? Number.POSITIVE_INFINITY))
      this.#log.warn({ ...line, slow: true }, "call");
    else this.#log.info(line, "call");
  }

  #described(error: Error, path: string | undefined, sources: SourceLocations, now: number) {
    const repeats = this.#isWhole ? 0 : this.#repeats.next(`${path} ${kindOf(error)}`, now);
    if (repeats === undefined) return {};
    return { error: describeError(error, sources), ...(repeats > 0 && { repeats }) };
  }
}

const maxCauses = 4;

/** The same text for errors of one cause. */
function kindOf(error: unknown, causes = 0): string {
  if (!(error instanceof Error)) return typeof error;
  const code = "code" in error ? String(error.code) : "";
  const place = error.stack?.split("\n").find((line) => /^ +at /.test(line));
  const own = `${error.name} ${code} ${error.message.slice(0, 200).replace(/\d+/g, "#")}${place}`;
  return causes === maxCauses || error.cause === undefined
    ? own
    : `${own} < ${kindOf(error.cause, causes + 1)}`;
}

/** The client's address: the socket's, or what the nearest proxy added to a header; nothing that is no address. */
function addressOf({ request }: Exchange, from: string): string | undefined {
  if (from === "socket") return request.socket.remoteAddress;
  const header = Object.hasOwn(request.headers, from) ? request.headers[from] : undefined;
  const last = (Array.isArray(header) ? header.at(-1) : header)?.split(",").at(-1)?.trim() ?? "";
  return isIP(last) === 0 ? undefined : last;
}
