import { z } from "zod";
import { createAuthorizer, denied } from "./authorizer.ts";
import type { CredentialStore } from "./credentials.ts";
import { RegistryFailure, redactUrl } from "./failure.ts";
import { headerOf } from "./http.ts";
import { registryOrigin } from "./reference.ts";
import { parseRetryAfter, type RetryOptions, retry } from "./retry.ts";
import type { Exchange, Request, Transport } from "./transport.ts";

/** A request to a registry. */
type RegistryRequest = Omit<Request, "url"> & {
  /** A path of the API, or an address that the registry gave. */
  target: string | URL;
  /** What a token has to be for, the most important first. */
  scopes: readonly string[];
  /** The statuses that mean success, or an answer that the caller wants to see. */
  expected: readonly number[];
  /** Whether it is sent again when it fails for a while; false for what has to begin earlier. */
  again?: boolean;
};

/** One registry's API, authorised; whatever is not expected throws. */
export interface RegistryApi {
  readonly registry: string;
  /** @throws {RegistryFailure} `registry_unreachable`, `registry_denied`, `registry_error` */
  send(request: RegistryRequest): Promise<Exchange>;
}

/** What {@link createRegistryApi} takes. */
type RegistryApiOptions = {
  transport: Transport;
  credentials: CredentialStore;
  retry: RetryOptions;
  /** Milliseconds since the epoch. */
  now(): number;
};

const errorLimit = 65_536;
/** A refused token is replaced once; a registry that refuses the next too means it. */
const challengeLimit = 2;
const errorBody = z.object({
  errors: z.array(z.object({ code: z.string().optional(), message: z.string().nullish() })).min(1),
});

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#endpoints */
export function createRegistryApi(registry: string, options: RegistryApiOptions): RegistryApi {
  const { transport, credentials, now } = options;
  const origin = registryOrigin(registry);
  const authorizer = createAuthorizer({
    registry,
    credentials,
    now,
    transport: async (request) => passing(await transport(request)),
  });

  async function send(request: RegistryRequest): Promise<Exchange> {
    const once = () => sendOnce(request);
    return request.again === false ? once() : retry(once, options.retry, request.signal);
  }

  async function sendOnce({
    target,
    scopes,
    expected,
    again: _,
    ...request
  }: RegistryRequest): Promise<Exchange> {
    const url = addressOf(target);
    // Sessions may be on another host, which is never told who is asking.
    const own = url.origin === origin ? authorizer : undefined;
    for (let challenges = 0; ; challenges++) {
      const authorization = await own?.header(scopes, request.signal);
      const headers = { ...request.headers, ...(authorization === undefined ? {} : { authorization }) };
      const answer = await transport({ ...request, url, headers });
      if (expected.includes(answer.status)) return answer;
      // Only the registry itself may say where to prove who is asking, and not where it redirected to.
      const asks = answer.status === 401 && answer.url.origin === origin;
      if (asks && challenges < challengeLimit && own?.challenged(answer, scopes, authorization)) {
        await answer.discard();
        if (challenges > 0 || (await own.header(scopes, request.signal)) !== undefined) continue;
      }
      throw await failureOf(answer, authorization !== undefined);
    }
  }

  function addressOf(target: string | URL): URL {
    const url = new URL(target, origin);
    if (url.protocol === "https:" || url.protocol === new URL(origin).protocol) return url;
    throw new RegistryFailure(
      "registry_error",
      `${registry} names ${redactUrl(url)}, which is not encrypted.`,
      {
        hint: "A registry behind a proxy has to know its own address: X-Forwarded-Proto, or http.host in its configuration.",
      },
    );
  }

  async function passing(answer: Exchange): Promise<Exchange> {
    if (isTemporary(answer.status)) throw await failureOf(answer, false);
    return answer;
  }

  async function failureOf(answer: Exchange, loggedIn: boolean): Promise<RegistryFailure> {
    const { status, headers, url } = answer;
    const said = saidIn(await answer.start(errorLimit).catch(() => new Uint8Array()));
    if (status === 401 || status === 403) return denied(registry, status, loggedIn);
    return new RegistryFailure("registry_error", `${redactUrl(url)} answered ${status}${said}.`, {
      status,
      temporary: isTemporary(status),
      retryAfterMs: parseRetryAfter(headerOf(headers, "retry-after"), now()),
      ...(status === 429
        ? { hint: `${registry} limits how much it is asked. Log in, or try again later.` }
        : {}),
    });
  }

  return { registry, send };
}

const isTemporary = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/** What a registry says of an error, short and printable (distribution specification, "Error Codes"). */
function saidIn(content: Uint8Array): string {
  try {
    const parsed = errorBody.parse(JSON.parse(Buffer.from(content).toString("utf8")));
    const texts = parsed.errors.map(({ code, message }) => [code, message].filter(Boolean).join(": "));
    return `: ${texts
      .join("; ")
      .replace(/\p{Cc}/gu, " ")
      .slice(0, 300)}`;
  } catch {
    return "";
  }
}
