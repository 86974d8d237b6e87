import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { canonicalJson, type Json } from "../../core/canonical-json.ts";
import { digestOf, isDigest } from "../../core/digest.ts";
import { StkError } from "../../core/error.ts";
import { makeDirectory } from "../../core/make-directory.ts";
import type { TarEntry, TarOptions } from "../../core/tar.ts";
import { verified } from "../../oci/content.ts";
import { type Descriptor, mediaTypes } from "../../oci/descriptor.ts";
import { type Layer, writeLayer } from "../../oci/layer.ts";

const digest = z.string().refine(isDigest);
const record = z.strictObject({ digest, size: z.int().positive(), diffId: digest });
type Record = z.infer<typeof record>;

/**
 * Layers that take seconds to make, kept in a directory. What a layer was made of is its key; whoever finds the key
 * reads one small file, and never the layer.
 *
 * Files are written under another name and moved into place, so that two processes may do the same at once.
 *
 * @param key what the content depends on, such as paths with sizes and times.
 * @param build is called when the layer is not there, or not whole.
 */
export async function cachedLayer(
  directory: string,
  key: Json,
  options: TarOptions,
  build: () => Promise<readonly TarEntry[]>,
): Promise<Layer> {
  const recordFile = join(directory, "layers", `${hexOf(digestOf(canonicalJson(key)))}.json`);
  const known = await readRecord(recordFile, directory);
  return layerOf(
    directory,
    recordFile,
    known ?? (await write(directory, recordFile, options, await build())),
  );
}

const hexOf = (value: string): string => value.slice("sha256:".length);
const blobFile = (directory: string, value: string): string =>
  join(directory, "blobs", "sha256", hexOf(value));

async function readRecord(recordFile: string, directory: string): Promise<Record | undefined> {
  try {
    const found = record.parse(JSON.parse(await readFile(recordFile, "utf8")));
    const { size } = await stat(blobFile(directory, found.digest));
    return size === found.size ? found : undefined;
  } catch {
    // Missing or damaged: made anew either way.
    return undefined;
  }
}

async function write(
  directory: string,
  recordFile: string,
  options: TarOptions,
  entries: readonly TarEntry[],
): Promise<Record> {
  const part = join(directory, "blobs", "sha256", `.${randomUUID()}`);
  // Who else may write here could put another Node into every image.
  for (const parent of [dirname(part), dirname(recordFile)]) makeDirectory(parent, 0o700);
  try {
    const file = await open(part, "wx");
    const layer = await writeLayer(entries, options, (chunk) => file.writeFile(chunk)).finally(() =>
      file.close(),
    );
    const made = { digest: layer.descriptor.digest, size: layer.descriptor.size, diffId: layer.diffId };
    await rename(part, blobFile(directory, made.digest));
    const recordPart = `${recordFile}.${randomUUID()}`;
    await writeFile(recordPart, JSON.stringify(made));
    await rename(recordPart, recordFile);
    return made;
  } finally {
    await rm(part, { force: true });
  }
}

function layerOf(directory: string, recordFile: string, { digest, size, diffId }: Record): Layer {
  const descriptor: Descriptor = { mediaType: mediaTypes.layerGzip, digest, size };
  const path = blobFile(directory, digest);
  return {
    diffId,
    blob: {
      descriptor,
      async *open(signal) {
        try {
          yield* verified(createReadStream(path, signal === undefined ? {} : { signal }), descriptor, path);
        } catch (error) {
          // What is damaged is made anew by the next command.
          if (error instanceof StkError) await rm(recordFile, { force: true });
          throw error;
        }
      },
    },
  };
}
