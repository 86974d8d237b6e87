import { statSync } from "node:fs";
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import type { Manifest } from "../../schema/manifest.ts";
import { StkError } from "../core/error.ts";
import { findProject } from "../project/find-project.ts";
import { type FoundImage, findImage } from "./find-image.ts";
import { type ImageFacts, imageFacts } from "./image-facts.ts";
import { parseLocation } from "./location.ts";
import { type ManifestFacts, manifestFacts } from "./manifest-facts.ts";
import { openPlaces } from "./places.ts";
import { isRunnable } from "./platforms.ts";
import { manifestInImage, manifestInTarball, parseManifest } from "./read-bundle.ts";

/** What was found in an image or a bundle. */
export type Inspection = {
  /** Where it was found: a kind of place and its name. */
  source: string;
  /** Absent for a bundle. */
  image?: ImageFacts;
  /** Absent where it holds no bundle. */
  release?: ManifestFacts;
};

/** What {@link inspect} takes of the process. `project` is where its store is looked for. */
export type InspectContext = {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  project: string | undefined;
  signal: AbortSignal;
};

/** Bytes; the largest bundle file that is read. */
const fileLimit = 64 * 1_048_576;

/**
 * Looks into a reference, `oci:DIRECTORY`, `tar:FILE`, a bundle's tarball or its manifest.
 *
 * @throws {StkError} `image_not_found`, `invalid_image`, `invalid_bundle`, `unsupported_bundle`
 */
export async function inspect(target: string, context: InspectContext): Promise<Inspection> {
  if (isFile(target, context)) {
    const manifest = await manifestInFile(resolve(context.cwd, target));
    return { source: `file ${target}`, release: manifestFacts(manifest) };
  }
  const { signal } = context;
  const { set, source } = await imageAt(target, context);
  const { image, release } = await imageFacts(set, signal);
  return { source, image, ...(release === undefined ? {} : { release }) };
}

/**
 * The manifest of a release, wherever {@link inspect} finds one.
 *
 * @throws {StkError} `image_not_found`, `invalid_image`, `invalid_bundle`, `unsupported_bundle`
 */
export async function readRelease(target: string, context: InspectContext): Promise<Manifest> {
  if (isFile(target, context)) return manifestInFile(resolve(context.cwd, target));
  const { set } = await imageAt(target, context);
  const [image] = set.images.filter(({ platform }) => isRunnable(platform));
  const manifest = image === undefined ? undefined : await manifestInImage(image, context.signal);
  if (manifest !== undefined) return manifest;
  throw new StkError("invalid_bundle", `The image ${target} holds no release of stk.`);
}

const isFile = (target: string, { cwd }: InspectContext): boolean =>
  isPath(target) || statSync(resolve(cwd, target), { throwIfNoEntry: false })?.isFile() === true;

const imageAt = (target: string, { cwd, env, project, signal }: InspectContext): Promise<FoundImage> =>
  findImage(
    parseLocation(target, cwd),
    openPlaces({ project: project ?? projectAt(cwd), env, signal }),
    undefined,
    signal,
  );

/** What no reference can look like. */
const isPath = (text: string): boolean => /^\.{0,2}\//.test(text);

async function manifestInFile(path: string): Promise<Manifest> {
  const file = await open(path).catch((cause: unknown) => {
    throw new StkError("file_not_found", `${path} cannot be read.`, { cause });
  });
  try {
    const stats = await file.stat();
    if (!stats.isFile()) {
      throw new StkError("invalid_bundle", `${path} is not a file.`, {
        hint: `For an image in a folder or a tar file write oci:${path} or tar:${path}.`,
      });
    }
    if (stats.size > fileLimit)
      throw new StkError("invalid_bundle", `${path} is larger than 64 MiB, so it is no bundle.`);
    const content = await file.readFile();
    return path.endsWith(".json") ? parseManifest(content) : manifestInTarball(content);
  } finally {
    await file.close();
  }
}

/** An image of a registry or a file can be looked into anywhere, so that no project is no error. */
function projectAt(cwd: string): string {
  try {
    return findProject(cwd);
  } catch {
    return cwd;
  }
}
