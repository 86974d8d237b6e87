import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from "jose";
import { z } from "zod";
import { bridgeLimits } from "../../config/bridge.ts";
import { CallError } from "../error.ts";
import type { Log } from "../log.ts";

/** What reaches out and the clock, in milliseconds. */
export type JwksEffects = { readonly fetch: typeof fetch; readonly now: () => number; readonly log: Log };

const limits = bridgeLimits.jwks;

/**
 * The public keys behind a URL. They are fetched with the first token, again in the background when they are old, and
 * when a token names a key that they lack; while the issuer is away the old ones are used. A fetch that failed is not
 * repeated at once, whatever tokens come.
 *
 * The keys throw {@link CallError} `unavailable` when they cannot be had: the token may be good.
 */
export function remoteKeys(url: URL, { fetch, now, log }: JwksEffects): JWTVerifyGetKey {
  let refreshAt = now() + limits.refreshMs;
  let failedUntil = Number.NEGATIVE_INFINITY;

  const bounded: typeof fetch = async (input, init) => {
    if (now() < failedUntil) throw new Error("The last fetch failed a moment ago.");
    try {
      const response = await fetch(input, init);
      if (response.status !== 200) throw new Error(`The answer was ${response.status}.`);
      const keys = readKeySet(await boundedText(response));
      refreshAt = now() + limits.refreshMs;
      return Response.json(keys);
    } catch (error) {
      failedUntil = now() + limits.retryMs;
      const reason = error instanceof Error ? error.message : "unknown";
      log.warn({ jwks: url.origin, reason }, "The issuer's keys could not be fetched.");
      throw error;
    }
  };
  const create = () =>
    createRemoteJWKSet(url, {
      timeoutDuration: limits.timeoutMs,
      cooldownDuration: limits.cooldownMs,
      cacheMaxAge: Number.POSITIVE_INFINITY,
      [customFetch]: (address, init) => bounded(address, init),
    });
  let remote: ReturnType<typeof create> | undefined;
  return async (header, token) => {
    remote ??= create(); // not before: it loads Node's fetch, and a start is to be quick
    if (now() >= refreshAt && !remote.reloading) {
      refreshAt = now() + limits.retryMs;
      remote.reload().catch(() => undefined);
    }
    try {
      return await remote(header, token);
    } catch (error) {
      if (isAboutToken(error)) throw error;
      throw new CallError("unavailable", "The token's issuer cannot be reached.", { cause: error });
    }
  };
}

const isAboutToken = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;

const keySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });

/** Reads a JSON Web Key Set (RFC 7517, 5). Throws when it is none. */
export const readKeySet = (text: string): z.infer<typeof keySet> => keySet.parse(JSON.parse(text));

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > limits.bytes) throw new Error(`The key set is larger than ${limits.bytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
