import type { Descriptor, Platform } from "./descriptor.ts";
import type { Reference } from "./reference.ts";

/** Content that can be read when it is needed, and often is not: a registry that has it is never sent it. */
export interface Blob {
  readonly descriptor: Descriptor;
  /** The repository that holds it already, from which a registry can mount it. */
  readonly origin?: Reference | undefined;
  /** Reads it from its beginning; may be called again. */
  open(signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/** One platform's image: its manifest's exact bytes, and the blobs that the manifest names. */
export type Image = {
  readonly manifest: Uint8Array;
  readonly descriptor: Descriptor;
  readonly platform: Platform;
  readonly config: Blob;
  readonly layers: readonly Blob[];
};

/** One image or several platforms' images under an index; `descriptor` names the whole, and is what a tag points to. */
export type ImageSet = {
  readonly descriptor: Descriptor;
  /** The index's exact bytes; undefined where the whole is a single image. */
  readonly index?: Uint8Array | undefined;
  readonly images: readonly Image[];
};

/** A place that holds images: a registry, a layout on disk, an archive, an engine. */
export interface ImageSource {
  /**
   * @param wanted leaves out what an index has for other platforms; such a set can be read from and not written.
   * @throws {StkError} `image_not_found`
   */
  read(
    reference: Reference,
    signal?: AbortSignal,
    wanted?: (platform: Platform) => boolean,
  ): Promise<ImageSet>;
}

/** A place that takes images. Blobs first, then manifests, then the index, then the tag. */
export interface ImageSink {
  write(set: ImageSet, reference: Reference, signal?: AbortSignal): Promise<void>;
}
