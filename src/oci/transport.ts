import { setTimeout as timer } from "node:timers";
import { StkError } from "../core/error.ts";
import { RegistryFailure, redactUrl } from "./failure.ts";
import { type Http, type HttpAnswer, type HttpHeaders, headerOf } from "./http.ts";

/** Times in milliseconds. */
export type TransportLimits = {
  /** How long nothing may move, in either direction. */
  idleMs: number;
  /** How long one request may take, with its body and its answer's. */
  requestMs: number;
  redirects: number;
};

export const transportDefaults: TransportLimits = { idleMs: 60_000, requestMs: 30 * 60_000, redirects: 5 };

/** A request; `body` is opened for each time that it is sent. */
export type Request = {
  method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  url: URL;
  headers?: Readonly<Record<string, string>>;
  body?: { size: number; open(signal: AbortSignal): AsyncIterable<Uint8Array> } | undefined;
  signal?: AbortSignal | undefined;
};

/** An answer, whatever its status. Its body is read once, or discarded. */
export interface Exchange {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** Where the answer came from, after redirects. */
  readonly url: URL;
  chunks(): AsyncGenerator<Uint8Array>;
  /** At most `limit` bytes; what is more is not read. */
  start(limit: number): Promise<Uint8Array>;
  discard(): Promise<void>;
}

/** Sends one request, and follows where it is redirected. Never retries. */
export type Transport = (request: Request) => Promise<Exchange>;

/**
 * HTTP as a registry's client needs it: limited in time, Authorization kept from other hosts, never from https to http.
 *
 * @throws {RegistryFailure} `registry_unreachable`, `registry_error`
 */
export const createTransport =
  (http: Http, limits: TransportLimits): Transport =>
  async (request) => {
    const watch = watchdog(limits, request.signal);
    let { url } = request;
    let headers: Record<string, string> = { ...request.headers };
    for (let redirects = 0; ; redirects++) {
      const answer = await send(http, { ...request, url, headers }, watch);
      const target = redirectOf(answer, url);
      if (target === undefined) return exchange(answer, url, watch);
      await answer.body[Symbol.asyncIterator]().return?.();
      const failed = (why: string) =>
        new RegistryFailure(
          "registry_error",
          `${redactUrl(url)} redirected to ${redactUrl(target)}: ${why}.`,
        );
      if (redirects >= limits.redirects) throw failed(`more than ${limits.redirects} redirects`);
      if (!["http:", "https:"].includes(target.protocol)) throw failed("that is no web address");
      if (url.protocol === "https:" && target.protocol === "http:") throw failed("that gives up encryption");
      if (target.origin !== url.origin) {
        // A body may hold a secret too: that of a token request does.
        if (request.body !== undefined) throw failed("what is sent stays with the host that it is for");
        headers = withoutAuthorization(headers);
      }
      url = target;
    }
  };

const redirectStatuses: readonly number[] = [301, 302, 303, 307, 308];

function redirectOf({ status, headers }: HttpAnswer, base: URL): URL | undefined {
  const location = headerOf(headers, "location");
  if (!redirectStatuses.includes(status) || location === undefined) return undefined;
  return URL.parse(location, base) ?? undefined;
}

const withoutAuthorization = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "authorization"));

async function send(http: Http, request: Request, watch: Watchdog): Promise<HttpAnswer> {
  const { method, url, body } = request;
  let sourceError: unknown;
  async function* sent(source: NonNullable<Request["body"]>): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of source.open(watch.signal)) {
        watch.touch();
        yield chunk;
      }
    } catch (error) {
      sourceError = error;
      throw error;
    }
  }
  // Without it a server may compress what is named by the digest of its bytes.
  const headers: Record<string, string> = { "accept-encoding": "identity", ...request.headers };
  if (body !== undefined) headers["content-length"] = String(body.size);
  const source = body && sent(body);
  try {
    return await watch.during(http(url, { method, headers, body: source, signal: watch.signal }));
  } catch (error) {
    throw sourceError instanceof StkError ? sourceError : watch.explain(error, url);
  }
}

function exchange({ status, headers, body }: HttpAnswer, url: URL, watch: Watchdog): Exchange {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const reader = body[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value } = await watch.during(reader.next());
        if (done) return;
        yield value;
      }
    } catch (error) {
      throw watch.explain(error, url);
    } finally {
      watch.stop();
      await reader.return?.();
    }
  }
  async function start(limit: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of chunks()) {
      parts.push(chunk);
      size += chunk.byteLength;
      if (size >= limit) break;
    }
    return Buffer.concat(parts).subarray(0, limit);
  }
  return {
    status,
    headers,
    url,
    chunks,
    start,
    // A short rest is read so that the connection can be used again.
    discard: async () => {
      await start(65_536).catch(() => {});
    },
  };
}

interface Watchdog {
  readonly signal: AbortSignal;
  /** Starts the idle time anew. */
  touch(): void;
  /** Lets the idle time run while something is awaited, and only then: a slow reader is not a slow server. */
  during<T>(promise: Promise<T>): Promise<T>;
  /** The error that stands for what was thrown. */
  explain(error: unknown, url: URL): unknown;
  stop(): void;
}

function watchdog({ idleMs, requestMs }: TransportLimits, outer: AbortSignal | undefined): Watchdog {
  const own = new AbortController();
  const expire = (ms: number) => timer(() => own.abort(), ms).unref();
  const whole = expire(requestMs);
  let idle: NodeJS.Timeout | undefined;
  const rest = () => {
    clearTimeout(idle);
    idle = undefined;
  };
  return {
    signal: outer === undefined ? own.signal : AbortSignal.any([own.signal, outer]),
    touch: () => idle?.refresh(),
    async during(promise) {
      rest();
      idle = expire(idleMs);
      try {
        return await promise;
      } finally {
        rest();
      }
    },
    explain(error, url) {
      rest();
      clearTimeout(whole);
      if (outer?.aborted) return outer.reason;
      if (error instanceof StkError) return error;
      return own.signal.aborted ? silent(url, idleMs) : unreachable(url, error);
    },
    stop() {
      rest();
      clearTimeout(whole);
    },
  };
}

const silent = (url: URL, idleMs: number) =>
  new RegistryFailure("registry_unreachable", `${url.host} took too long over ${redactUrl(url)}.`, {
    temporary: true,
    hint: `Nothing moved for ${idleMs / 1000} s, or the whole took too long. Check the network, and try again.`,
  });

function unreachable(url: URL, error: unknown): RegistryFailure {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const reason = cause instanceof Error && cause.message !== "" ? cause.message : code || "no connection";
  const encryption = /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO/.test(code);
  return new RegistryFailure("registry_unreachable", `${url.host} cannot be reached: ${reason}.`, {
    temporary: !encryption && code !== "ENOTFOUND" && reason !== "bad port",
    hint: encryption
      ? "Registries are spoken to by https, except on loopback addresses. NODE_EXTRA_CA_CERTS names further authorities."
      : "Check the registry's name and port in the reference, and that it is running.",
    cause: error,
  });
}
