import { writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { Parser } from "tar/parse";
import { StkError } from "../../core/error.ts";
import { makeDirectory } from "../../core/make-directory.ts";
import { plainTar } from "../../deploy/plain-tar.ts";
import { readConfig } from "../../oci/config.ts";
import { readBlob } from "../../oci/content.ts";
import type { Image } from "../../oci/image.ts";

/** Bytes. The layer that holds Node is larger, and is not wanted here. */
const layerLimit = 64 * 1_048_576;

/** The Bridge and the manifest of an image, as files of this machine. */
export type ExtractedImage = { bridge: string; manifest: string };

/**
 * Writes an image's Bridge and bundle into a directory. Layers are read from the last to the first, until both are
 * there; links and everything outside of the two directories are passed over.
 *
 * @throws {StkError} `image_not_runnable` where the image has them in no layer of at most 64 MiB.
 */
export async function extractImage(
  image: Image,
  directory: string,
  signal?: AbortSignal,
): Promise<ExtractedImage> {
  const { config } = await readConfig(image, signal);
  const manifestPath = config?.Env?.find((line) => line.startsWith("MANIFEST_PATH="))?.slice(
    "MANIFEST_PATH=".length,
  );
  const bridgePath = config?.Entrypoint?.at(-1);
  if (manifestPath === undefined || bridgePath === undefined || !/\.m?js$/.test(bridgePath))
    throw notRunnable("its config names no manifest and no Bridge");
  const wanted = new Set([inTar(manifestPath), inTar(bridgePath)]);
  const folders = [...wanted].map((path) => `${posix.dirname(path)}/`);
  const files = new Map<string, Uint8Array>();
  for (const layer of image.layers.toReversed()) {
    if ([...wanted].every((path) => files.has(path))) break;
    if (layer.descriptor.size > layerLimit) continue;
    for (const [path, content] of filesOf(await readBlob(layer, layerLimit, signal), folders))
      if (!files.has(path)) files.set(path, content);
  }
  const missing = [...wanted].filter((path) => !files.has(path));
  if (missing.length > 0) throw notRunnable(`it has no ${missing.join(" and no ")}`);
  for (const [path, content] of files) {
    const target = join(directory, path);
    makeDirectory(dirname(target));
    await writeFile(target, content);
  }
  return { bridge: join(directory, inTar(bridgePath)), manifest: join(directory, inTar(manifestPath)) };
}

const notRunnable = (why: string): StkError =>
  new StkError("image_not_runnable", `The image cannot be run without Docker: ${why}.`, {
    hint: "Start Docker, or bake the image with stk deploy image onto the built-in base.",
  });

/** An absolute path of the image as a path in its tar, without anything that leads out of it. */
const inTar = (path: string): string => posix.normalize(`/${path}`).slice(1);

function filesOf(layer: Uint8Array, folders: readonly string[]): Map<string, Uint8Array> {
  const tar = unpacked(layer);
  if (tar === undefined) return new Map();
  const files = new Map<string, Uint8Array[]>();
  const parser = new Parser({
    onReadEntry(entry) {
      const path = inTar(entry.path);
      if (entry.type !== "File" || !folders.some((folder) => path.startsWith(folder))) {
        entry.resume();
        return;
      }
      const chunks: Uint8Array[] = [];
      entry.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      files.set(path, chunks);
    },
  });
  parser.end(tar);
  return new Map([...files].map(([path, chunks]) => [path, Buffer.concat(chunks)]));
}

function unpacked(layer: Uint8Array): Buffer | undefined {
  try {
    return plainTar(layer);
  } catch {
    throw notRunnable("a layer of it is damaged, or holds more than 256 MiB");
  }
}
