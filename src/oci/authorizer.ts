import { z } from "zod";
import { type Challenge, parseChallenges } from "./challenge.ts";
import type { CredentialStore, Credentials } from "./credentials.ts";
import { RegistryFailure, redactUrl } from "./failure.ts";
import { headerOf } from "./http.ts";
import { isLoopback } from "./reference.ts";
import type { Exchange, Transport } from "./transport.ts";

/** Proves to one registry who is asking. */
interface Authorizer {
  /** The Authorization header for these scopes; undefined until the registry asks for one, or needs none. */
  header(scopes: readonly string[], signal?: AbortSignal): Promise<string | undefined>;
  /**
   * Takes up a 401.
   *
   * @param refused the header that did not do.
   * @returns whether it is worth asking again.
   */
  challenged(answer: Exchange, scopes: readonly string[], refused: string | undefined): boolean;
}

/** What {@link createAuthorizer} takes. */
type AuthorizerOptions = {
  registry: string;
  /** Throws where an answer is only for a while. */
  transport: Transport;
  credentials: CredentialStore;
  /** Milliseconds since the epoch. */
  now(): number;
};

type Token = { header: string; expires: number };

/** Where a token service says nothing else (Docker token authentication specification, `expires_in`). */
const lifetimeMs = 60_000;
/** A token is not used in the last part of its life, so that it does not end on the way. */
const marginMs = 5_000;
const answerLimit = 65_536;
const tokenAnswer = z.object({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().positive().optional(),
});

/** HTTP Basic, and tokens from the service that the registry names; tokens are kept for each list of scopes. */
export function createAuthorizer({ registry, transport, credentials, now }: AuthorizerOptions): Authorizer {
  let challenge: Challenge | undefined;
  let known: Promise<Credentials | undefined> | undefined;
  const tokens = new Map<string, Promise<Token>>();

  async function header(scopes: readonly string[], signal?: AbortSignal): Promise<string | undefined> {
    if (challenge === undefined) return undefined;
    known ??= credentials(registry, signal);
    const own = await known;
    if (own?.kind === "bearer") return `Bearer ${own.token}`;
    if (challenge.scheme === "basic") return own?.kind === "password" ? basic(own) : undefined;
    const key = scopes.join(" ");
    const current = await tokens.get(key)?.catch(() => undefined);
    if (current !== undefined && current.expires > now()) return current.header;
    const fresh = fetchToken(challenge, scopes, own, signal);
    tokens.set(key, fresh);
    return (await fresh).header;
  }

  function challenged(answer: Exchange, scopes: readonly string[], refused: string | undefined): boolean {
    const offers = parseChallenges(headerOf(answer.headers, "www-authenticate") ?? "");
    challenge =
      offers.find(({ scheme }) => scheme === "bearer") ?? offers.find(({ scheme }) => scheme === "basic");
    tokens.delete(scopes.join(" "));
    // A password that was refused once is refused twice; a token may have ended.
    return challenge !== undefined && !refused?.startsWith("Basic ");
  }

  async function fetchToken(
    { parameters }: Challenge,
    scopes: readonly string[],
    own: Exclude<Credentials, { kind: "bearer" }> | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Token> {
    const realm = realmOf(parameters.get("realm"));
    const service = parameters.get("service");
    const query: [string, string][] = service === undefined ? [] : [["service", service]];
    const answer = await transport(
      own?.kind === "identity"
        ? exchangeIdentity(realm, [...query, ["scope", scopes.join(" ")]], own.token, signal)
        : ask(realm, [...query, ...scopes.map((scope): [string, string] => ["scope", scope])], own, signal),
    );
    if (answer.status === 200) return read(await answer.start(answerLimit), realm);
    await answer.discard();
    if (answer.status === 401 || answer.status === 403) {
      // Some services refuse everything where one of several scopes is not granted; the first is what matters.
      if (scopes.length > 1)
        return fetchToken({ scheme: "bearer", parameters }, scopes.slice(0, 1), own, signal);
      throw denied(registry, answer.status, own !== undefined);
    }
    throw new RegistryFailure(
      "registry_error",
      `${redactUrl(realm)}, which gives out tokens for ${registry}, answered ${answer.status}.`,
      { status: answer.status },
    );
  }

  function realmOf(text: string | undefined): URL {
    const realm = URL.parse(text ?? "");
    if (realm === null) {
      throw new RegistryFailure(
        "registry_error",
        `${registry} asks for a token and does not say where to get it.`,
      );
    }
    if (realm.protocol !== "https:" && !(realm.protocol === "http:" && isLoopback(realm.host))) {
      const where = redactUrl(realm);
      throw new RegistryFailure(
        "registry_error",
        `${registry} names ${where} for tokens, which is not encrypted.`,
      );
    }
    return realm;
  }

  function read(content: Uint8Array, realm: URL): Token {
    const parsed = tokenAnswer.safeParse(parseJson(content));
    const token = parsed.data?.token || parsed.data?.access_token;
    if (!token || /[^\x21-\x7e]/.test(token)) {
      throw new RegistryFailure("registry_error", `${redactUrl(realm)} answered without a token.`);
    }
    const lifetime = parsed.data?.expires_in === undefined ? lifetimeMs : parsed.data.expires_in * 1000;
    return { header: `Bearer ${token}`, expires: now() + lifetime - Math.min(marginMs, lifetime / 2) };
  }

  return { header, challenged };
}

/** Nobody is let in, or not to this. */
export const denied = (registry: string, status: number, loggedIn: boolean): RegistryFailure =>
  new RegistryFailure("registry_denied", `${registry} refused access.`, {
    status,
    hint: loggedIn
      ? "Its account may not do this, or its password is wrong. Ask for the right, or log in as another with `docker login`."
      : `No credentials were found for it. Log in: docker login ${registry}`,
  });

const basic = ({ username, password }: { username: string; password: string }): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

/** https://distribution.github.io/distribution/spec/auth/token/ */
function ask(
  realm: URL,
  query: readonly [string, string][],
  own: { username: string; password: string } | undefined,
  signal: AbortSignal | undefined,
): Parameters<Transport>[0] {
  const url = new URL(realm);
  for (const [name, value] of query) url.searchParams.append(name, value);
  return { method: "GET", url, headers: own === undefined ? {} : { authorization: basic(own) }, signal };
}

/** https://distribution.github.io/distribution/spec/auth/oauth/ */
function exchangeIdentity(
  url: URL,
  query: readonly [string, string][],
  token: string,
  signal: AbortSignal | undefined,
): Parameters<Transport>[0] {
  const form = new URLSearchParams([
    ...query,
    ["grant_type", "refresh_token"],
    ["client_id", "stk"],
    ["refresh_token", token],
  ]);
  const content = Buffer.from(form.toString());
  return {
    method: "POST",
    url,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: {
      size: content.byteLength,
      async *open() {
        yield content;
      },
    },
    signal,
  };
}

function parseJson(content: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(content).toString("utf8"));
  } catch {
    return undefined;
  }
}
