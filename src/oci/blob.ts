import { createReadStream } from "node:fs";
import { digestOf } from "../core/digest.ts";
import type { Descriptor } from "./descriptor.ts";
import type { Blob } from "./image.ts";

/** Content that is held in memory. */
export const memoryBlob = (content: Uint8Array, mediaType: string): Blob => ({
  descriptor: { mediaType, digest: digestOf(content), size: content.byteLength },
  async *open() {
    yield content;
  },
});

/** Content that is read from a file when it is wanted. Who reads it checks its digest. */
export const fileBlob = (path: string, descriptor: Descriptor): Blob => ({
  descriptor,
  open: (signal) => createReadStream(path, signal === undefined ? {} : { signal }),
});
