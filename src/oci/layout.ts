import { createReadStream } from "node:fs";
import { join } from "node:path";
import { canonicalJson } from "../core/canonical-json.ts";
import { StkError } from "../core/error.ts";
import { blobOf, collect, notFound, verified } from "./content.ts";
import { type Descriptor, mediaTypes } from "./descriptor.ts";
import { each } from "./each.ts";
import { withLock } from "./file-lock.ts";
import type { Blob, ImageSet, ImageSink, ImageSource } from "./image.ts";
import { assertWhole, blobsOf, manifestsOf, readImageSet } from "./image-set.ts";
import {
  blobPath,
  hasFile,
  isMissing,
  layoutVersion,
  readEntries,
  refName,
  writeWhole,
} from "./layout-files.ts";
import { manifestLimit } from "./manifest.ts";
import { formatTagged, type Reference, tagOf } from "./reference.ts";

/** Images in a folder; the local image store of a project is one. */
export interface Layout extends ImageSource, ImageSink {
  readonly directory: string;
  /** What is in it; `name` is `repository:tag`, or undefined where only a digest names it. */
  list(): Promise<{ name: string | undefined; descriptor: Descriptor }[]>;
  /** @throws {StkError} `image_not_found` */
  resolve(reference: Reference): Promise<Descriptor>;
}

const concurrency = 4;

/**
 * An OCI image layout. It is made when the first image is written; content is held to its digest when it is written and
 * when it is read, and a reader never sees half of anything.
 *
 * @throws its methods: {StkError} `image_not_found`, `invalid_layout`, `digest_mismatch`, `store_locked`
 * @example await openLayout(".stk/images").read(parseReference("helpdesk:v1"))
 */
export function openLayout(directory: string): Layout {
  const fileOf = (descriptor: Descriptor): string => join(directory, blobPath(descriptor.digest));

  const blob = (descriptor: Descriptor): Blob => ({
    descriptor,
    open: (signal) => verified(read(fileOf(descriptor), signal), descriptor, directory),
  });

  const manifest = (descriptor: Descriptor, signal?: AbortSignal): Promise<Uint8Array> =>
    collect(blob(descriptor).open(signal), manifestLimit, descriptor.digest);

  async function resolve(reference: Reference): Promise<Descriptor> {
    const entries = await readEntries(directory);
    const { digest } = reference;
    const named = (name: string | undefined) =>
      entries.find(({ annotations }) => annotations?.[refName] === name);
    const found =
      digest === undefined
        ? // Other tools name an image by its tag alone.
          (named(formatTagged(reference)) ?? named(tagOf(reference)))
        : entries.find((entry) => entry.digest === digest);
    if (found === undefined) throw notFound(reference, directory);
    return found;
  }

  async function store(content: Blob, signal?: AbortSignal): Promise<void> {
    const { descriptor } = content;
    const file = fileOf(descriptor);
    if (await hasFile(file, descriptor.size)) return;
    await writeWhole(
      file,
      verified(content.open(signal), descriptor, content.origin?.registry ?? "what was to be stored"),
    );
  }

  async function enter(set: ImageSet, reference: Reference): Promise<void> {
    const name = formatTagged(reference);
    const { mediaType, digest, size } = set.descriptor;
    const platform = set.index === undefined ? set.images[0]?.platform : undefined;
    const entry: Descriptor = { mediaType, digest, size, platform };
    const before = await readEntries(directory);
    if (name === undefined && before.some((other) => other.digest === digest)) return;
    const after =
      name === undefined
        ? [...before, entry]
        : [
            ...before.filter(({ annotations }) => annotations?.[refName] !== name),
            { ...entry, annotations: { [refName]: name } },
          ];
    const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: after.map(plain) };
    await writeWhole(join(directory, "oci-layout"), [Buffer.from(canonicalJson(layoutVersion))]);
    await writeWhole(join(directory, "index.json"), [Buffer.from(canonicalJson(index))], { durable: true });
  }

  return {
    directory,
    resolve,
    async list() {
      const entries = await readEntries(directory);
      return entries.map((descriptor) => ({ name: descriptor.annotations?.[refName], descriptor }));
    },
    async read(reference, signal, wanted) {
      const { annotations: _, ...root } = await resolve(reference);
      return readImageSet(root, await manifest(root, signal), { manifest, blob }, { wanted, signal });
    },
    async write(set, reference, signal) {
      assertWhole(set);
      if (reference.digest !== undefined && reference.digest !== set.descriptor.digest) {
        throw new StkError(
          "digest_mismatch",
          `${reference.digest} is not the digest of the image, ${set.descriptor.digest}.`,
        );
      }
      await each(blobsOf(set), concurrency, store, signal);
      for (const { content, descriptor } of manifestsOf(set))
        await store(blobOf(content, descriptor), signal);
      await withLock(join(directory, "index.json.lock"), () => enter(set, reference), signal);
    },
  };
}

const plain = ({ platform, ...rest }: Descriptor) => ({
  ...rest,
  ...(platform === undefined ? {} : { platform: { ...platform } }),
});

async function* read(file: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file, signal === undefined ? {} : { signal });
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new StkError("invalid_layout", `${file} is missing, which the image needs.`, {
      hint: "The store was changed by something else. Bake or pull the image again.",
      cause,
    });
  }
}
