import { createHash, randomUUID } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeDirectory } from "../core/make-directory.ts";
import { pgliteVersion } from "./pglite-version.ts";

const digestLength = 32;

/**
 * The tar of an initialised, empty data directory, from the cache or else made and put there. The file begins with
 * the SHA-256 of the rest; one that is damaged is made again. A cache that cannot be written is done without.
 */
export async function cachedDataDirectory(cache: string, make: () => Promise<Blob>): Promise<Blob> {
  const file = join(cache, `pglite-${pgliteVersion()}.data`);
  const kept = await readFile(file).catch(() => undefined);
  const found = kept === undefined ? undefined : verified(kept);
  if (found !== undefined) return found;
  const made = await make();
  await keep(cache, file, new Uint8Array(await made.arrayBuffer())).catch(() => undefined);
  return made;
}

function verified(kept: Buffer<ArrayBuffer>): Blob | undefined {
  const data = kept.subarray(digestLength);
  return sha256(data).equals(kept.subarray(0, digestLength)) ? new Blob([data]) : undefined;
}

/** Written beside and renamed, so that no other process ever reads half a file. */
async function keep(cache: string, file: string, data: Uint8Array): Promise<void> {
  makeDirectory(cache, 0o700);
  const unfinished = `${file}.${randomUUID()}`;
  try {
    await writeFile(unfinished, [sha256(data), data]);
    await rename(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}

const sha256 = (data: Uint8Array): Buffer => createHash("sha256").update(data).digest();
