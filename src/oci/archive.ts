import { Header } from "tar/header";
import { canonicalJson, type Json } from "../core/canonical-json.ts";
import { StkError } from "../core/error.ts";
import { blobOf, verified } from "./content.ts";
import { mediaTypes } from "./descriptor.ts";
import type { Blob, Image, ImageSet, ImageSink } from "./image.ts";
import { assertWhole, blobsOf, manifestsOf } from "./image-set.ts";
import { blobPath, layoutVersion, refName, writeWhole } from "./layout-files.ts";
import { formatTagged, type Reference } from "./reference.ts";

/**
 * A tar file that is an OCI image layout and what `docker load` reads, at once. It has the same bytes for the same image
 * and reference.
 *
 * @example await openArchive("helpdesk.tar").write(set, parseReference("helpdesk:v1"));
 */
export const openArchive = (file: string): ImageSink => ({
  async write(set, reference, signal) {
    assertWhole(set);
    await writeWhole(file, archiveChunks(set, reference, signal));
  },
});

/** The bytes of {@link openArchive}'s file; a layer is never in memory as a whole. */
export async function* archiveChunks(
  set: ImageSet,
  reference: Reference,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  yield* tarFile("oci-layout", json(layoutVersion));
  yield* tarFile("index.json", json(ociIndex(set, reference)));
  yield* tarFile("manifest.json", json(dockerManifest(dockerImage(set), reference)));
  yield* tarBlobs(
    [...manifestsOf(set).map(({ content, descriptor }) => blobOf(content, descriptor)), ...blobsOf(set)],
    signal,
  );
  yield new Uint8Array(2 * block);
}

/**
 * What `docker load` needs of one image, for an engine that has some of its layers: those are empty files, which an
 * engine does not open.
 *
 * @param known how many of the first layers the engine has.
 */
export async function* dockerArchiveChunks(
  image: Image,
  reference: Reference,
  known: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  yield* tarFile("manifest.json", json(dockerManifest(image, reference)));
  const sent = new Set(
    [image.config, ...image.layers.slice(known)].map(({ descriptor }) => descriptor.digest),
  );
  for (const { descriptor } of image.layers.slice(0, known)) {
    if (!sent.has(descriptor.digest)) yield header(blobPath(descriptor.digest), 0);
    sent.add(descriptor.digest);
  }
  yield* tarBlobs([image.config, ...image.layers.slice(known)], signal);
  yield new Uint8Array(2 * block);
}

/** The image of a set that Docker's own format can hold, which is one: for the wanted architecture, else the first. */
export function dockerImage(set: ImageSet, architecture = "amd64"): Image {
  const image = set.images.find(({ platform }) => platform.architecture === architecture) ?? set.images[0];
  if (image === undefined) throw new StkError("invalid_image", `${set.descriptor.digest} holds no image.`);
  return image;
}

const block = 512;

const json = (value: Json): Uint8Array => Buffer.from(canonicalJson(value));

function ociIndex(set: ImageSet, reference: Reference): Json {
  const { mediaType, digest, size } = set.descriptor;
  const name = formatTagged(reference);
  const entry = {
    mediaType,
    digest,
    size,
    annotations: name === undefined ? undefined : { [refName]: name },
  };
  return { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [entry] };
}

/** https://github.com/moby/moby/blob/v20.10.24/image/spec/v1.2.md#combined-image-json--filesystem-changeset-format */
function dockerManifest({ config, layers }: Image, reference: Reference): Json {
  const name = formatTagged(reference);
  return [
    {
      Config: blobPath(config.descriptor.digest),
      RepoTags: name === undefined ? [] : [name],
      Layers: layers.map(({ descriptor }) => blobPath(descriptor.digest)),
    },
  ];
}

async function* tarBlobs(blobs: readonly Blob[], signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const unique = new Map(blobs.map((blob) => [blob.descriptor.digest, blob]));
  for (const blob of unique.values()) {
    const { descriptor } = blob;
    yield header(blobPath(descriptor.digest), descriptor.size);
    yield* verified(blob.open(signal), descriptor, "what was to be stored");
    yield* padding(descriptor.size);
  }
}

function* tarFile(path: string, content: Uint8Array): Generator<Uint8Array> {
  yield header(path, content.byteLength);
  yield content;
  yield* padding(content.byteLength);
}

function* padding(size: number): Generator<Uint8Array> {
  if (size % block > 0) yield new Uint8Array(block - (size % block));
}

function header(path: string, size: number): Uint8Array {
  const encoded = new Header({ path, size, type: "File", mode: 0o644, uid: 0, gid: 0, mtime: new Date(0) });
  // Short paths, and sizes up to 8 GiB; what is larger is base-256, which all readers of today know.
  encoded.encode();
  return encoded.block ?? new Uint8Array(block);
}
