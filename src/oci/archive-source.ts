import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Header } from "tar/header";
import { digestOf } from "../core/digest.ts";
import { StkError } from "../core/error.ts";
import { collect, verified } from "./content.ts";
import type { Descriptor, Platform } from "./descriptor.ts";
import { mediaTypes } from "./descriptor.ts";
import type { Blob, ImageSet } from "./image.ts";
import { readImageSet } from "./image-set.ts";
import { blobPath } from "./layout-files.ts";
import { manifestLimit, parseIndex } from "./manifest.ts";

/** A tar file that holds one image as an OCI layout. */
export interface ArchiveSource {
  /** @throws {StkError} `image_not_found`, `invalid_image`, `ambiguous_image` */
  read(signal?: AbortSignal, wanted?: (platform: Platform) => boolean): Promise<ImageSet>;
}

/** Where a file's content is in the archive, in bytes. */
type Place = { start: number; size: number };

const block = 512;
/** More than any image has; what goes on after is no image. */
const entryLimit = 10_000;

/** Reads an archive in place: headers first, and content where it is asked for. */
export const openArchiveSource = (file: string): ArchiveSource => ({
  async read(signal, wanted) {
    const places = await placesIn(file);
    const bytes = (path: string, from: AbortSignal | undefined): AsyncIterable<Uint8Array> => {
      const place = places.get(path);
      if (place === undefined) throw new StkError("invalid_image", `${file} holds no ${path}.`);
      if (place.size === 0) return empty();
      const range = { start: place.start, end: place.start + place.size - 1 };
      return createReadStream(file, from === undefined ? range : { ...range, signal: from });
    };
    const blob = (descriptor: Descriptor): Blob => ({
      descriptor,
      open: (from) => verified(bytes(blobPath(descriptor.digest), from), descriptor, file),
    });
    const manifest = (descriptor: Descriptor, from?: AbortSignal) =>
      collect(blob(descriptor).open(from), manifestLimit, descriptor.digest);

    if (!places.has("index.json")) {
      throw new StkError("image_not_found", `${file} is not an OCI archive: it holds no index.json.`, {
        hint: `Make one of it: skopeo copy docker-archive:${file} oci-archive:image.tar`,
      });
    }
    const index = await collect(bytes("index.json", signal), manifestLimit, file);
    const head = { mediaType: mediaTypes.index, digest: digestOf(index), size: index.byteLength };
    const roots = new Map(parseIndex(index, head).manifests.map((root) => [root.digest, root]));
    const [only, ...more] = roots.values();
    if (only === undefined) throw new StkError("image_not_found", `${file} holds no image.`);
    if (more.length > 0) throw new StkError("ambiguous_image", `${file} holds more than one image.`);
    const { annotations: _, ...root } = only;
    return readImageSet(root, await manifest(root, signal), { manifest, blob }, { wanted, signal });
  },
});

async function placesIn(path: string): Promise<Map<string, Place>> {
  const file = await open(path).catch((cause: unknown) => {
    throw new StkError("image_not_found", `${path} cannot be read.`, { cause });
  });
  try {
    return await scan(file, path);
  } finally {
    await file.close();
  }
}

async function scan(file: FileHandle, path: string): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  const { size: end } = await file.stat();
  const buffer = Buffer.alloc(block);
  for (let position = 0, entries = 0; position + block <= end; entries++) {
    await file.read(buffer, 0, block, position);
    const header = new Header(buffer);
    if (header.nullBlock) break;
    const size = header.size ?? 0;
    const start = position + block;
    if (
      !header.cksumValid ||
      !Number.isSafeInteger(size) ||
      size < 0 ||
      start + size > end ||
      entries >= entryLimit
    )
      throw new StkError("invalid_image", `${path} is not a whole tar archive.`);
    if (header.type === "File" && header.path !== undefined)
      places.set(header.path.replace(/^\.\//, ""), { start, size });
    position = start + Math.ceil(size / block) * block;
  }
  return places;
}

async function* empty(): AsyncGenerator<Uint8Array> {}
