import { StkError } from "../core/error.ts";
import { blobOf, readBlob } from "./content.ts";
import type { Descriptor, Platform } from "./descriptor.ts";
import type { Blob, Image, ImageSet } from "./image.ts";
import {
  isIndexType,
  isManifestType,
  manifestLimit,
  parseIndex,
  parseManifest,
  parsePlatform,
} from "./manifest.ts";

/** Where the parts of an image are read from. */
interface ContentStore {
  /** A manifest's exact bytes, held to its digest. */
  manifest(descriptor: Descriptor, signal?: AbortSignal): Promise<Uint8Array>;
  blob(descriptor: Descriptor): Blob;
}

/**
 * Follows a manifest or an index to its images. Layers are not read.
 *
 * @param wanted leaves out what an index has for other platforms; such a set can be read from and not written.
 * @throws {StkError} `invalid_image`
 */
export async function readImageSet(
  root: Descriptor,
  content: Uint8Array,
  store: ContentStore,
  {
    wanted,
    signal,
  }: { wanted?: ((platform: Platform) => boolean) | undefined; signal?: AbortSignal | undefined } = {},
): Promise<ImageSet> {
  if (isManifestType(root.mediaType)) {
    return { descriptor: root, images: [await readImage(root, content, store, signal)] };
  }
  if (!isIndexType(root.mediaType)) {
    throw new StkError(
      "invalid_image",
      `${root.digest} is of the type ${root.mediaType}, which is no image.`,
    );
  }
  const children = parseIndex(content, root).manifests.filter(
    ({ mediaType, platform }) =>
      isManifestType(mediaType) && (wanted === undefined || platform === undefined || wanted(platform)),
  );
  const images = await Promise.all(
    children.map(async (child) => readImage(child, await store.manifest(child, signal), store, signal)),
  );
  return {
    descriptor: root,
    index: content,
    images: images.filter(({ platform }) => wanted === undefined || wanted(platform)),
  };
}

async function readImage(
  descriptor: Descriptor,
  manifest: Uint8Array,
  store: ContentStore,
  signal?: AbortSignal,
): Promise<Image> {
  const parts = parseManifest(manifest, descriptor);
  const layers = parts.layers.map((layer) => store.blob(layer));
  const config = store.blob(parts.config);
  if (descriptor.platform !== undefined) {
    return { manifest, descriptor, platform: descriptor.platform, config, layers };
  }
  const bytes = await readBlob(config, manifestLimit, signal);
  return {
    manifest,
    descriptor,
    platform: parsePlatform(bytes, parts.config.digest),
    config: blobOf(bytes, parts.config, config.origin),
    layers,
  };
}

/** Every blob of a set, once. */
export function blobsOf(set: ImageSet): Blob[] {
  const blobs = set.images.flatMap(({ config, layers }) => [...layers, config]);
  return [...new Map(blobs.map((blob) => [blob.descriptor.digest, blob])).values()];
}

/** Every manifest of a set, the whole last. */
export const manifestsOf = (set: ImageSet): { content: Uint8Array; descriptor: Descriptor }[] => {
  const children = set.images.map(({ manifest, descriptor }) => ({ content: manifest, descriptor }));
  return set.index === undefined
    ? children
    : [...children, { content: set.index, descriptor: set.descriptor }];
};

/**
 * That a set holds every image that its index names, so that what is written can be read again.
 *
 * @throws {StkError} `incomplete_image`
 */
export function assertWhole(set: ImageSet): void {
  if (set.index === undefined) return;
  const held = new Set(set.images.map(({ descriptor }) => descriptor.digest));
  const missing = parseIndex(set.index, set.descriptor).manifests.find(({ digest }) => !held.has(digest));
  if (missing !== undefined) {
    throw new StkError(
      "incomplete_image",
      `The index ${set.descriptor.digest} names ${missing.digest}, which is not at hand.`,
    );
  }
}
