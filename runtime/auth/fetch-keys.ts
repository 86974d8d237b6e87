import { bridgeLimits } from "../../config/bridge.ts";
import { type KeySet, readKeySet } from "./key-set.ts";

const limits = bridgeLimits.jwks;

/** A key set, and for how long its issuer says that it may be kept, in milliseconds (RFC 9111, 5.2.2.1). */
export type FetchedKeys = { readonly set: KeySet; readonly maxAgeMs: number | undefined };

/**
 * Fetches a key set. No redirect is followed: it could lead from https to http, or into a private network.
 *
 * @throws {Error} for an answer that is not 200, too large, late or no key set. The message holds nothing of the answer.
 */
export async function fetchKeys(url: URL, fetch: typeof globalThis.fetch): Promise<FetchedKeys> {
  const signal = AbortSignal.timeout(limits.timeoutMs);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error(`No answer in ${limits.timeoutMs} ms.`)));
  });
  return Promise.race([read(url, fetch, signal), late]); // a fetch may be deaf to its signal
}

async function read(url: URL, fetch: typeof globalThis.fetch, signal: AbortSignal): Promise<FetchedKeys> {
  const response = await fetch(url.href, {
    redirect: "manual",
    signal,
    headers: { accept: "application/json, application/jwk-set+json" },
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(refusalOf(response.status));
  }
  const set = readKeySet(await boundedText(response));
  const maxAge = /(?:^|[\s,])max-age="?(\d{1,9})/i.exec(response.headers.get("cache-control") ?? "")?.[1];
  return { set, maxAgeMs: maxAge === undefined ? undefined : Number(maxAge) * 1_000 };
}

const refusalOf = (status: number): string =>
  status >= 300 && status < 400
    ? `The answer was ${status}. Redirects are not followed: name the address that has the keys.`
    : `The answer was ${status}.`;

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
