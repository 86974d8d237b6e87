import { gunzipSync } from "node:zlib";

/** Bytes; more than any layer that holds a bundle or a Bridge has. */
const mostBytes = 256 * 1_048_576;

/**
 * The bytes of a tar archive, gzipped or not; undefined where it is compressed in another way or twice. The parser
 * would decompress that by itself, without any limit.
 *
 * Throws what zlib does where it is damaged or holds more than 256 MiB.
 */
export function plainTar(archive: Uint8Array): Buffer | undefined {
  const tar = startsWith(archive, gzip) ? gunzipSync(archive, { maxOutputLength: mostBytes }) : archive;
  if (startsWith(tar, gzip) || startsWith(tar, zstd)) return undefined;
  return Buffer.from(tar.buffer, tar.byteOffset, tar.byteLength);
}

/** RFC 1952, 2.3.1; RFC 8878, 3.1.1. */
const gzip = [0x1f, 0x8b];
const zstd = [0x28, 0xb5, 0x2f, 0xfd];

const startsWith = (content: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, index) => content[index] === byte);
