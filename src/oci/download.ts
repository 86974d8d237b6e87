import { digestOf, isDigest } from "../core/digest.ts";
import { StkError } from "../core/error.ts";
import { assertContent, notFound, verified } from "./content.ts";
import type { Descriptor } from "./descriptor.ts";
import { RegistryFailure } from "./failure.ts";
import { headerOf } from "./http.ts";
import type { Blob } from "./image.ts";
import { acceptedManifests, manifestLimit, parseMediaType } from "./manifest.ts";
import type { Reference } from "./reference.ts";
import type { RegistryApi } from "./registry-api.ts";
import { pauseAfter, type RetryOptions, retry } from "./retry.ts";

/** What is read from, and how patiently. */
export type Origin = { api: RegistryApi; reference: Reference; retry: RetryOptions };

/** The right to read a repository, as a token service knows it. */
export const pullScope = (repository: string): string => `repository:${repository}:pull`;

/**
 * A manifest or an index, held to its digest: the one that it is asked for by, else the one that the registry gives.
 *
 * @param name a tag or a digest.
 * @throws {StkError} `image_not_found`, `digest_mismatch`, `invalid_image`
 */
export async function pullManifest(
  from: Origin,
  name: string,
  signal?: AbortSignal,
): Promise<{ descriptor: Descriptor; content: Uint8Array }> {
  const { repository } = from.reference;
  const place = `${from.api.registry} for ${repository}`;
  const { headers, content } = await retry(() => fetchManifest(from, name, signal), from.retry, signal);
  if (content.byteLength > manifestLimit) {
    throw new StkError("invalid_image", `What came from ${place} is longer than a manifest may be.`);
  }
  const promised = isDigest(name) ? name : (headerOf(headers, "docker-content-digest") ?? "");
  const digest = isDigest(promised) ? promised : digestOf(content);
  assertContent(content, digest, place);
  const type = headerOf(headers, "content-type")?.split(";")[0]?.trim() ?? "";
  const mediaType = type.startsWith("application/vnd.") ? type : parseMediaType(content, digest);
  return { content, descriptor: { mediaType, digest, size: content.byteLength } };
}

async function fetchManifest({ api, reference }: Origin, name: string, signal: AbortSignal | undefined) {
  const answer = await api.send({
    method: "GET",
    target: `/v2/${reference.repository}/manifests/${name}`,
    scopes: [pullScope(reference.repository)],
    headers: { accept: acceptedManifests },
    expected: [200, 404],
    again: false,
    signal,
  });
  if (answer.status === 200)
    return { headers: answer.headers, content: await answer.start(manifestLimit + 1) };
  await answer.discard();
  throw notFound(reference, api.registry);
}

/** A blob of a repository, read when it is opened; what broke off is taken up where it ended. */
export function remoteBlob(from: Origin, descriptor: Descriptor): Blob {
  const { registry, repository } = from.reference;
  return {
    descriptor,
    origin: { registry, repository },
    open: (signal) => verified(resumed(from, descriptor, signal), descriptor, from.api.registry),
  };
}

async function* resumed(
  from: Origin,
  descriptor: Descriptor,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      for await (const chunk of fetchBlob(from, descriptor, seen, signal)) {
        seen += chunk.byteLength;
        yield chunk;
      }
      if (seen >= descriptor.size) return;
      throw new RegistryFailure(
        "registry_unreachable",
        `${from.api.registry} sent ${seen} of the ${descriptor.size} bytes of ${descriptor.digest}.`,
        { temporary: true },
      );
    } catch (error) {
      await pauseAfter(error, attempt, from.retry, signal);
    }
  }
}

async function* fetchBlob(
  { api, reference: { repository } }: Origin,
  { digest }: Descriptor,
  start: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const answer = await api.send({
    method: "GET",
    target: `/v2/${repository}/blobs/${digest}`,
    scopes: [pullScope(repository)],
    headers: start === 0 ? {} : { range: `bytes=${start}-` },
    expected: start === 0 ? [200] : [200, 206],
    again: false,
    signal,
  });
  // A server may ignore a Range (RFC 9110, 14.2) and begin at the beginning.
  let skip = answer.status === 206 ? 0 : start;
  for await (const chunk of answer.chunks()) {
    if (skip < chunk.byteLength) yield chunk.subarray(skip);
    skip = Math.max(0, skip - chunk.byteLength);
  }
}
