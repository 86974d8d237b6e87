import { Parser } from "tar/parse";
import { z } from "zod";
import { formatVersion, type Manifest, manifest } from "../../schema/manifest.ts";
import { StkError } from "../core/error.ts";
import { readBlob } from "../oci/content.ts";
import type { Image } from "../oci/image.ts";
import { bundleDirectory } from "./bake.ts";
import { plainTar } from "./plain-tar.ts";

/** Bytes; more than any bundle has, and little enough to be held in memory. */
const limits = { compressed: 64 * 1_048_576, manifest: 32 * 1_048_576 } as const;

/**
 * The manifest that was baked into an image, or undefined where it has none. The bundle's layer is the last one that
 * holds it, and no layer larger than 64 MiB is read.
 *
 * @throws {StkError} `invalid_bundle`, `unsupported_bundle`
 */
export async function manifestInImage(image: Image, signal?: AbortSignal): Promise<Manifest | undefined> {
  for (const layer of image.layers.toReversed()) {
    if (layer.descriptor.size > limits.compressed) continue;
    const content = await readBlob(layer, limits.compressed, signal);
    const found = fileInTar(content, `${bundleDirectory}/manifest.json`);
    if (found !== undefined) return parseManifest(found);
  }
  return undefined;
}

/** The manifest in a bundle's tarball. @throws {StkError} `invalid_bundle`, `unsupported_bundle` */
export function manifestInTarball(tarball: Uint8Array): Manifest {
  const found = fileInTar(tarball, "manifest.json");
  if (found === undefined)
    throw new StkError("invalid_bundle", "The archive holds no manifest.json, so it is no bundle.");
  return parseManifest(found);
}

const versioned = z.looseObject({ formatVersion: z.int() });

/** Reads `manifest.json`. @throws {StkError} `invalid_bundle`, `unsupported_bundle` */
export function parseManifest(content: Uint8Array): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(content));
  } catch (cause) {
    throw new StkError("invalid_bundle", "The manifest is not JSON.", { cause });
  }
  const head = versioned.safeParse(value);
  if (!head.success)
    throw new StkError("invalid_bundle", "This is not a manifest of Santokit: it has no formatVersion.");
  const version = head.data.formatVersion;
  if (version !== formatVersion) {
    throw new StkError(
      "unsupported_bundle",
      `The manifest has format version ${version}; this stk reads ${formatVersion}.`,
      {
        hint: version > formatVersion ? "Upgrade stk." : "Bundle the project again with this stk.",
      },
    );
  }
  const result = manifest.safeParse(value);
  if (result.success) return result.data;
  throw new StkError(
    "invalid_bundle",
    `The manifest does not have its format:\n${z.prettifyError(result.error)}`,
  );
}

/** One file of a tar, gzipped or not; undefined where it holds none of that name, or is something else. */
function fileInTar(archive: Uint8Array, path: string): Uint8Array | undefined {
  const tar = unpacked(archive);
  if (tar === undefined) return undefined;
  let found: Uint8Array[] | undefined;
  const parser = new Parser({
    onReadEntry(entry) {
      const wanted = entry.path === path && entry.type === "File" && entry.size <= limits.manifest;
      if (!wanted) {
        entry.resume();
        return;
      }
      const chunks: Uint8Array[] = [];
      entry.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      found = chunks;
    },
  });
  parser.end(tar);
  return found && Buffer.concat(found);
}

function unpacked(archive: Uint8Array): Buffer | undefined {
  try {
    return plainTar(archive);
  } catch (cause) {
    throw new StkError("invalid_bundle", "A gzip archive is damaged, or holds more than 256 MiB.", { cause });
  }
}
