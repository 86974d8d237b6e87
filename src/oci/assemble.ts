import { canonicalJson, type Json } from "../core/canonical-json.ts";
import { descriptorOf, memoryBlob } from "./blob.ts";
import { type Descriptor, mediaTypes, type Platform } from "./descriptor.ts";
import type { Blob, Image, ImageSet } from "./image.ts";

/** What an image is made of; its manifest follows from it. */
export type Parts = {
  platform: Platform;
  /** The config's exact bytes. */
  config: Uint8Array;
  layers: readonly Blob[];
  annotations?: Readonly<Record<string, string>> | undefined;
};

/** An image with an OCI manifest of its own. */
export function imageOf({ platform, config, layers, annotations }: Parts): Image {
  const configBlob = memoryBlob(config, mediaTypes.config);
  const manifest = Buffer.from(
    canonicalJson({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: plain(configBlob.descriptor),
      layers: layers.map(({ descriptor }) => plain(descriptor)),
      annotations,
    }),
  );
  return {
    manifest,
    descriptor: descriptorOf(manifest, mediaTypes.manifest),
    platform,
    config: configBlob,
    layers,
  };
}

/** One image as it is, or several under an OCI index. */
export function imageSetOf(
  images: readonly Image[],
  annotations?: Readonly<Record<string, string>>,
): ImageSet {
  const [first] = images;
  if (first !== undefined && images.length === 1) return { descriptor: first.descriptor, images };
  const index = Buffer.from(
    canonicalJson({
      schemaVersion: 2,
      mediaType: mediaTypes.index,
      manifests: images.map(({ descriptor, platform }) => ({
        ...plain(descriptor),
        platform: { ...platform },
      })),
      annotations,
    }),
  );
  return { descriptor: descriptorOf(index, mediaTypes.index), index, images };
}

const plain = ({
  mediaType,
  digest,
  size,
  annotations,
}: Descriptor): { [key: string]: Json | undefined } => ({
  mediaType,
  digest,
  size,
  annotations,
});
