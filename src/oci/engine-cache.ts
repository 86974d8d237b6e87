import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Parser } from "tar/parse";
import { type Digest, isDigest } from "../core/digest.ts";
import { makeDirectory } from "../core/make-directory.ts";
import { verified } from "./content.ts";
import type { Blob } from "./image.ts";
import { blobPath, isMissing } from "./layout-files.ts";

/** What was exported from an engine, which gives whole images only, so that it is asked once for each. */
export interface EngineCache {
  /** The blobs with these digests, in this order; undefined where one is missing. */
  find(wanted: readonly Digest[]): Promise<Blob[] | undefined>;
  /** Keeps what is wanted of a tar archive, by what its files hold and not by their names; then like `find`. */
  fill(
    wanted: readonly Digest[],
    open: () => Promise<AsyncIterable<Uint8Array>>,
    signal?: AbortSignal,
  ): Promise<Blob[] | undefined>;
}

/** A cache in a folder, which need not exist. */
export function engineCache(directory: string): EngineCache {
  const fileOf = (digest: Digest): string => join(directory, blobPath(digest));

  async function find(wanted: readonly Digest[]): Promise<Blob[] | undefined> {
    try {
      return await Promise.all(wanted.map(async (digest) => blob(digest, (await stat(fileOf(digest))).size)));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  function blob(digest: Digest, size: number): Blob {
    const descriptor = { mediaType: "application/octet-stream", digest, size };
    const read = (signal?: AbortSignal) =>
      createReadStream(fileOf(digest), signal === undefined ? {} : { signal });
    return { descriptor, open: (signal) => verified(read(signal), descriptor, directory) };
  }

  async function keep(content: AsyncIterable<Uint8Array>, wanted: ReadonlySet<string>): Promise<void> {
    const part = join(directory, `.part-${randomUUID()}`);
    const hash = createHash("sha256");
    try {
      const file = await open(part, "wx");
      try {
        for await (const chunk of content) {
          hash.update(chunk);
          await file.writeFile(chunk);
        }
      } finally {
        await file.close();
      }
      const digest = `sha256:${hash.digest("hex")}`;
      if (isDigest(digest) && wanted.has(digest)) await rename(part, fileOf(digest));
    } finally {
      await rm(part, { force: true });
    }
  }

  return {
    find,
    async fill(wanted, source, signal) {
      makeDirectory(join(directory, "blobs", "sha256"), 0o700);
      const digests = new Set<string>(wanted);
      await eachFile(await source(), (content) => keep(content, digests), signal);
      return find(wanted);
    },
  };
}

/** Gives every file of a tar archive, one after the other; no more is read before one was taken. */
async function eachFile(
  archive: AsyncIterable<Uint8Array>,
  take: (content: AsyncIterable<Uint8Array>) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  let taken = Promise.resolve();
  const parser = new Parser({
    strict: true,
    onReadEntry(entry) {
      if (entry.type !== "File") {
        entry.resume();
        return;
      }
      taken = taken.then(() => take(entry));
      taken.catch(() => entry.resume());
    },
  });
  const ended = new Promise<void>((resolve, reject) => {
    parser.on("end", resolve);
    parser.on("error", reject);
  });
  ended.catch(() => {});
  for await (const chunk of archive) {
    signal?.throwIfAborted();
    if (!parser.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))) {
      await Promise.race([new Promise<void>((resolve) => parser.once("drain", resolve)), ended, taken]);
    }
  }
  parser.end();
  await ended;
  await taken;
}
