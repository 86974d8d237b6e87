import { StkError } from "../core/error.ts";
import type { Platform } from "../oci/descriptor.ts";
import type { ImageSet } from "../oci/image.ts";
import { formatReference } from "../oci/reference.ts";
import { type BaseOptions, builtInBase, hostMachine } from "./base/built-in.ts";
import type { Machine } from "./base/elf.ts";
import { findImage } from "./find-image.ts";
import { parseLocation } from "./location.ts";
import type { Places } from "./places.ts";
import { isRunnable, matchesPlatform } from "./platforms.ts";

/** A base, and what the baked image says of it. */
export type Base = {
  set: ImageSet;
  /** What it is, for people. */
  source: string;
  /** The name under which a registry has it; others could not find it by another. */
  name?: string;
  /** Its digest where it was found; an engine keeps no manifest, so that of its images nobody else has. */
  digest?: string;
};

/** What {@link findBase} is told. `base` is as on the command line; without it the built-in base is made. */
export type BaseRequest = {
  base: string | undefined;
  platforms: readonly string[] | undefined;
  cwd: string;
  places: Places;
  builtIn: BaseOptions;
};

/**
 * Finds or makes the base; no layer of one in a registry is read.
 *
 * @throws {StkError} `image_not_found`, `engine_unavailable`, `base_unavailable`, `invalid_reference`
 */
export async function findBase(request: BaseRequest, signal?: AbortSignal): Promise<Base> {
  const { base, platforms, places } = request;
  if (base === undefined) {
    const set = await builtInBase(machinesOf(platforms), request.builtIn);
    return { set, source: "built-in", digest: set.descriptor.digest };
  }
  const wanted = (platform: Platform): boolean =>
    isRunnable(platform) && (platforms?.some((text) => matchesPlatform(platform, text)) ?? true);
  const location = parseLocation(base, request.cwd);
  const { set, source } = await findImage(location, places, wanted, signal);
  const isPublished = location.kind === "name" && location.reference.registry !== undefined;
  return {
    set,
    source,
    ...(isPublished ? { name: formatReference(location.reference) } : {}),
    ...(location.kind === "engine" ? {} : { digest: set.descriptor.digest }),
  };
}

function machinesOf(platforms: readonly string[] | undefined): Machine[] {
  return (platforms ?? [`linux/${hostMachine()}`]).map((platform) => {
    if (platform === "linux/amd64") return "amd64";
    if (platform === "linux/arm64") return "arm64";
    throw new StkError("base_unavailable", `The built-in base cannot be made for ${platform}.`, {
      hint: "Name a base image with --base, or as base: in stk.yaml.",
    });
  });
}
