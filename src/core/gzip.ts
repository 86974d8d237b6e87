import { Gzip, gzipSync } from "fflate";

/**
 * gzip (RFC 1952) without a name or a time, the same bytes on every platform and Node: fflate is JavaScript, while
 * the output of `node:zlib` differs between builds of zlib.
 *
 * @param level 0 stores the content as it is, which is quick.
 */
export const gzip = (content: Uint8Array, level: 0 | 6 = 6): Uint8Array =>
  gzipSync(content, { level, mtime: 0 });

/** {@link gzip} in pieces. Where the pieces begin and end is part of the input: others may give other bytes. */
export function* gzipChunks(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const stream = new Gzip({ level: 6, mtime: 0 }, (chunk) => {
    ready.push(chunk);
  });
  for (const chunk of chunks) {
    stream.push(chunk);
    yield* ready;
    ready = [];
  }
  stream.push(new Uint8Array(0), true);
  yield* ready;
}
