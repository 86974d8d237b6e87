import { randomUUID } from "node:crypto";
import { open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { Digest } from "../core/digest.ts";
import { StkError } from "../core/error.ts";
import { makeDirectory } from "../core/make-directory.ts";
import { replaceableFile } from "../core/replace-file.ts";
import type { Descriptor } from "./descriptor.ts";
import { descriptorSchema } from "./manifest.ts";

/** OCI image layout specification, "oci-layout file". */
export const layoutVersion = { imageLayoutVersion: "1.0.0" } as const;
/** The annotation that holds a reference in an index (OCI image specification, "Pre-Defined Annotation Keys"). */
export const refName = "org.opencontainers.image.ref.name";

const versionFile = z.object({ imageLayoutVersion: z.literal(layoutVersion.imageLayoutVersion) });
const indexFile = z.looseObject({
  schemaVersion: z.literal(2),
  manifests: z.array(descriptorSchema).max(10_000),
});
const sizeLimit = 16 * 1024 * 1024;

/** `blobs/sha256/{hex}`, where a layout keeps content. */
export const blobPath = (digest: Digest): string => `blobs/sha256/${digest.slice("sha256:".length)}`;

/**
 * The entries of a layout's index; none where there is no layout yet.
 *
 * @throws {StkError} `invalid_layout`
 */
export async function readEntries(directory: string): Promise<readonly Descriptor[]> {
  const [version, index] = await Promise.all(
    ["oci-layout", "index.json"].map((name) => readJson(join(directory, name), directory)),
  );
  if (version === undefined && index === undefined) return [];
  if (!versionFile.safeParse(version).success)
    throw invalid(directory, "oci-layout is missing or of another version");
  const parsed = indexFile.safeParse(index);
  if (parsed.success) return parsed.data.manifests;
  throw invalid(
    directory,
    `index.json: ${parsed.error.issues[0]?.path.join(".")} ${parsed.error.issues[0]?.message}`,
  );
}

async function readJson(file: string, directory: string): Promise<unknown> {
  try {
    if ((await stat(file)).size > sizeLimit) throw invalid(directory, `${file} is too long`);
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid(directory, `${file} is not JSON`);
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * Writes a file as a whole or not at all: under another name, to the disk, then into place. A device or a pipe is
 * written to as it is.
 *
 * @param durable whether the folder, too, is to survive a loss of power from now on.
 */
export async function writeWhole(
  file: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { durable = false }: { durable?: boolean } = {},
): Promise<void> {
  makeDirectory(dirname(file));
  const target = replaceableFile(file);
  if (target === undefined) return writeFile(file, chunks);
  const directory = dirname(target);
  const part = join(directory, `.part-${randomUUID()}`);
  try {
    const handle = await open(part, "wx");
    try {
      for await (const chunk of chunks) await handle.writeFile(chunk);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, target);
  } finally {
    await rm(part, { force: true });
  }
  if (!durable) return;
  const handle = await open(directory, "r");
  await handle.sync().finally(() => handle.close());
}

/** Whether a file of this size is there. */
export async function hasFile(file: string, size: number): Promise<boolean> {
  try {
    const found = await stat(file);
    return found.isFile() && found.size === size;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Whether an error says that there is no such file. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT";

const invalid = (directory: string, why: string): StkError =>
  new StkError("invalid_layout", `${directory} is no OCI image layout: ${why}.`, {
    hint: "Name another folder, or delete this one to begin anew.",
  });
