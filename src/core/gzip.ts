import { Gzip, gzipSync } from "fflate";

/**
 * gzip (RFC 1952) without a name or a time, the same bytes on every platform and Node: fflate is JavaScript, while
 * the output of `node:zlib` differs between builds of zlib.
 */
export const gzip = (content: Uint8Array): Uint8Array => gzipSync(content, { level: 6, mtime: 0 });

/** {@link gzip} of pieces; the pieces' boundaries are part of the input, other ones may give other bytes. */
export function* gzipChunks(chunks: Iterable<Uint8Array>, level: 1 | 6): Generator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const stream = new Gzip({ level, mtime: 0 }, (chunk) => {
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
