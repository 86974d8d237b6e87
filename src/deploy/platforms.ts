import { StkError } from "../core/error.ts";
import type { Platform } from "../oci/descriptor.ts";
import type { Image, ImageSet } from "../oci/image.ts";

/** `linux/amd64`, as it is written on the command line. */
export const formatPlatform = ({ os, architecture, variant }: Platform): string =>
  variant === undefined ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;

/** Whether an image is there to be run; what builders keep beside it in an index, such as attestations, is not. */
export const isRunnable = ({ os, architecture }: Platform): boolean =>
  os !== "unknown" && architecture !== "unknown";

/**
 * The images of a base for the platforms that were asked for, or all it has.
 *
 * @throws {StkError} `platform_missing`
 */
export function selectImages(base: ImageSet, platforms: readonly string[] | undefined): readonly Image[] {
  const images = base.images.filter(({ platform }) => isRunnable(platform));
  const selected =
    platforms === undefined
      ? images
      : [...new Set(platforms)].map(
          (wanted) => images.find(({ platform }) => matchesPlatform(platform, wanted)) ?? wanted,
        );
  const missing = selected.filter((image) => typeof image === "string");
  if (missing.length > 0 || selected.length === 0) {
    const has = images.map(({ platform }) => formatPlatform(platform)).join(", ") || "none";
    throw new StkError(
      "platform_missing",
      `The base has no image for ${missing.join(", ") || "any platform"}.`,
      {
        hint: `It has: ${has}.`,
      },
    );
  }
  return selected.filter((image) => typeof image !== "string");
}

/** Whether `wanted`, as on the command line, names a platform; a variant may be left out. */
export const matchesPlatform = (platform: Platform, wanted: string): boolean =>
  formatPlatform(platform) === wanted || formatPlatform({ ...platform, variant: undefined }) === wanted;
