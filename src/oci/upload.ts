import { StkError } from "../core/error.ts";
import type { Descriptor } from "./descriptor.ts";
import { RegistryFailure } from "./failure.ts";
import { type HttpHeaders, headerOf } from "./http.ts";
import type { Blob } from "./image.ts";
import { acceptedManifests } from "./manifest.ts";
import type { RegistryApi } from "./registry-api.ts";
import { type RetryOptions, retry } from "./retry.ts";
import type { Exchange } from "./transport.ts";

/** Where content goes, and with what right. */
export type Destination = {
  api: RegistryApi;
  repository: string;
  scopes: readonly string[];
  retry: RetryOptions;
};

/**
 * Brings a blob into a repository with as few requests as it takes: mounted from the repository that holds it, not
 * sent where it is already there, else uploaded whole. Chunks are not used: registries differ in what they do to them.
 *
 * @throws {RegistryFailure}
 */
export async function pushBlob(blob: Blob, to: Destination, signal: AbortSignal): Promise<void> {
  const { origin } = blob;
  const mountable = origin?.registry === to.api.registry && origin.repository !== to.repository;
  const mounted = mountable ? await mount(blob, origin.repository, to, signal) : undefined;
  if (mounted === true || (await has(`blobs/${blob.descriptor.digest}`, to, signal))) return;
  if (mounted !== undefined && (await attempt(() => finish(blob, mounted, to, signal), signal))) return;
  // A session that failed is not taken up again: nobody knows what it holds.
  await retry(async () => finish(blob, await begin(to, signal), to, signal), to.retry, signal);
}

/**
 * Whether the repository holds something.
 *
 * @param path below the repository: `blobs/{digest}`, `manifests/{digest}`.
 */
export async function has(path: string, to: Destination, signal?: AbortSignal): Promise<boolean> {
  return (await head(path, to, signal)) !== undefined;
}

/** The headers of what the repository holds; undefined where it is not, or may not be seen, which some cannot tell. */
export async function head(
  path: string,
  to: Destination,
  signal?: AbortSignal,
): Promise<HttpHeaders | undefined> {
  try {
    const answer = await to.api.send({
      method: "HEAD",
      target: `/v2/${to.repository}/${path}`,
      scopes: to.scopes,
      headers: { accept: acceptedManifests },
      expected: [200, 404, 405],
      signal,
    });
    await answer.discard();
    return answer.status === 200 ? answer.headers : undefined;
  } catch (error) {
    if (error instanceof RegistryFailure && error.status === 403) return undefined;
    throw error;
  }
}

/** `true` where it was mounted, else the upload session that was opened instead, if any. */
function mount(
  blob: Blob,
  from: string,
  to: Destination,
  signal: AbortSignal,
): Promise<true | URL | undefined> {
  const query = new URLSearchParams({ mount: blob.descriptor.digest, from });
  return attempt(async () => {
    const answer = await to.api.send({
      method: "POST",
      target: `/v2/${to.repository}/blobs/uploads/?${query}`,
      scopes: to.scopes,
      expected: [201, 202],
      signal,
    });
    await answer.discard();
    return answer.status === 201 ? true : locationOf(answer);
  }, signal);
}

/** What comes of it, or undefined: registries refuse a mount in many ways, and the blob can still be sent. */
async function attempt<T>(operation: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await operation();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RegistryFailure) return undefined;
    throw error;
  }
}

async function begin(to: Destination, signal: AbortSignal): Promise<URL> {
  const answer = await to.api.send({
    method: "POST",
    target: `/v2/${to.repository}/blobs/uploads/`,
    scopes: to.scopes,
    expected: [202],
    again: false,
    signal,
  });
  await answer.discard();
  return locationOf(answer);
}

async function finish(blob: Blob, session: URL, to: Destination, signal: AbortSignal): Promise<true> {
  const { digest, size } = blob.descriptor;
  // What the registry put into the query is part of the session.
  const target = new URL(session);
  target.searchParams.set("digest", digest);
  const answer = await to.api.send({
    method: "PUT",
    target,
    scopes: to.scopes,
    headers: { "content-type": "application/octet-stream" },
    body: { size, open: (inner) => blob.open(inner) },
    expected: [201],
    again: false,
    signal,
  });
  await answer.discard();
  assertStored(answer, blob.descriptor, to);
  return true;
}

/**
 * Puts a manifest or an index under a tag or its digest.
 *
 * @throws {RegistryFailure}
 */
export async function pushManifest(
  content: Uint8Array,
  descriptor: Descriptor,
  name: string,
  to: Destination,
  signal?: AbortSignal,
): Promise<void> {
  const answer = await to.api.send({
    method: "PUT",
    target: `/v2/${to.repository}/manifests/${name}`,
    scopes: to.scopes,
    headers: { "content-type": descriptor.mediaType },
    body: {
      size: content.byteLength,
      async *open() {
        yield content;
      },
    },
    expected: [201],
    signal,
  });
  await answer.discard();
  assertStored(answer, descriptor, to);
}

function assertStored({ headers }: Exchange, { digest }: Descriptor, { api, repository }: Destination): void {
  const stored = headerOf(headers, "docker-content-digest");
  if (stored === undefined || stored === digest) return;
  throw new StkError(
    "digest_mismatch",
    `${api.registry} keeps ${digest} in ${repository} as something else.`,
    {
      hint: "It was changed on the way, or by the registry. Nothing was tagged with it.",
    },
  );
}

function locationOf({ headers, url }: Exchange): URL {
  const location = headerOf(headers, "location");
  const session = location === undefined ? null : URL.parse(location, url);
  if (session !== null) return session;
  throw new RegistryFailure("registry_error", `${url.host} opened an upload and did not say where.`);
}
