import { createHash } from "node:crypto";
import { type Digest, digestOf } from "../core/digest.ts";
import { StkError } from "../core/error.ts";
import type { Descriptor } from "./descriptor.ts";
import type { Blob } from "./image.ts";
import { formatReference, type Reference } from "./reference.ts";

/** A blob whose bytes are at hand. */
export const blobOf = (content: Uint8Array, descriptor: Descriptor, origin?: Reference): Blob => ({
  descriptor,
  origin,
  async *open() {
    yield content;
  },
});

/**
 * Gives chunks on, and holds them to what the descriptor promises: reading ends as soon as there are too many.
 *
 * @param place what is read, for the message.
 * @throws {StkError} `digest_mismatch`
 */
export async function* verified(
  chunks: AsyncIterable<Uint8Array>,
  { digest, size }: Descriptor,
  place: string,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  let seen = 0;
  for await (const chunk of chunks) {
    seen += chunk.byteLength;
    if (seen > size) throw mismatch(place, `is longer than the ${size} bytes that ${digest} has`);
    hash.update(chunk);
    yield chunk;
  }
  if (seen < size) throw mismatch(place, `ended after ${seen} of the ${size} bytes that ${digest} has`);
  const found = `sha256:${hash.digest("hex")}`;
  if (found !== digest) throw mismatch(place, `has the digest ${found} and not ${digest}`);
}

/**
 * Bytes at hand, held to their digest.
 *
 * @param place where they are from, for the message.
 * @throws {StkError} `digest_mismatch`
 */
export function assertContent(content: Uint8Array, digest: Digest, place: string): void {
  const found = digestOf(content);
  if (found !== digest) throw mismatch(place, `has the digest ${found} and not ${digest}`);
}

const mismatch = (place: string, what: string): StkError =>
  new StkError("digest_mismatch", `What came from ${place} ${what}.`, {
    hint: "It was changed or cut short on the way. Try again; if it stays so, do not trust the source.",
  });

/**
 * The bytes of a small blob, such as an image's config.
 *
 * @param limit bytes; the most that is taken into memory.
 * @throws {StkError} `invalid_image` when it is larger.
 */
export async function readBlob(blob: Blob, limit: number, signal?: AbortSignal): Promise<Uint8Array> {
  const { digest, size } = blob.descriptor;
  if (size > limit)
    throw new StkError("invalid_image", `${digest} has ${size} bytes; at most ${limit} are read.`);
  return collect(blob.open(signal), limit, digest);
}

/** @throws {StkError} `invalid_image` when there are more than `limit` bytes. */
export async function collect(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
  place: string,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > limit) throw new StkError("invalid_image", `${place} is longer than ${limit} bytes.`);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

/** Nothing has this name. @param place where it was looked for. */
export const notFound = (reference: Reference, place: string): StkError =>
  new StkError("image_not_found", `There is no image ${formatReference(reference)} in ${place}.`, {
    hint: "Check its name and its tag.",
  });
