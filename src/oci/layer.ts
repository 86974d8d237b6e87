import { createHash } from "node:crypto";
import { type Digest, digestOf } from "../core/digest.ts";
import { gzip, gzipChunks } from "../core/gzip.ts";
import { type TarEntry, type TarOptions, tarChunks, tarOf } from "../core/tar.ts";
import { memoryBlob } from "./blob.ts";
import { type Descriptor, mediaTypes } from "./descriptor.ts";
import type { Blob } from "./image.ts";

/** A layer with the digest of its uncompressed tar (OCI image specification, "Layer DiffID"). */
export type Layer = { readonly blob: Blob; readonly diffId: Digest };

/**
 * Bytes; up to here a layer is stored and not compressed. Its transfer is one round trip either way, while the first
 * use of a compressor in a process takes 10 ms.
 */
const storedLimit = 262_144;

/** A layer small enough to be held in memory. */
export function layerOf(entries: readonly TarEntry[], options: TarOptions): Layer {
  const tar = tarOf(entries, options);
  const content = gzip(tar, tar.byteLength <= storedLimit ? 0 : 6);
  return { blob: memoryBlob(content, mediaTypes.layerGzip), diffId: digestOf(tar) };
}

/**
 * Writes a layer of any size piece by piece.
 *
 * @example await writeLayer(entries, { mtime }, async (chunk) => { await file.write(chunk); })
 */
export async function writeLayer(
  entries: readonly TarEntry[],
  options: TarOptions,
  write: (chunk: Uint8Array) => Promise<void>,
): Promise<{ descriptor: Descriptor; diffId: Digest }> {
  const uncompressed = createHash("sha256");
  const compressed = createHash("sha256");
  let size = 0;
  for (const chunk of gzipChunks(hashed(inPieces(tarChunks(entries, options)), uncompressed))) {
    compressed.update(chunk);
    size += chunk.byteLength;
    await write(chunk);
  }
  return {
    descriptor: { mediaType: mediaTypes.layerGzip, digest: `sha256:${compressed.digest("hex")}`, size },
    diffId: `sha256:${uncompressed.digest("hex")}`,
  };
}

const pieceSize = 1_048_576;

function* inPieces(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const chunk of chunks) {
    for (let start = 0; start < chunk.byteLength; start += pieceSize)
      yield chunk.subarray(start, start + pieceSize);
  }
}

function* hashed(chunks: Iterable<Uint8Array>, hash: { update(chunk: Uint8Array): unknown }) {
  for (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}
