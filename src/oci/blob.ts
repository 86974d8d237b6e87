import { digestOf } from "../core/digest.ts";
import type { Descriptor } from "./descriptor.ts";
import type { Blob } from "./image.ts";

/** The descriptor of content that is at hand. */
export const descriptorOf = (content: Uint8Array, mediaType: string): Descriptor => ({
  mediaType,
  digest: digestOf(content),
  size: content.byteLength,
});

/** Content that is held in memory. */
export const memoryBlob = (content: Uint8Array, mediaType: string): Blob => ({
  descriptor: descriptorOf(content, mediaType),
  async *open() {
    yield content;
  },
});
