import { formatVersion } from "../../schema/manifest.ts";
import { canonicalJson, type Json } from "../core/canonical-json.ts";
import type { Digest } from "../core/digest.ts";
import { StkError } from "../core/error.ts";
import { imageOf, imageSetOf } from "../oci/assemble.ts";
import { type ImageConfig, readConfig } from "../oci/config.ts";
import { mediaTypes } from "../oci/descriptor.ts";
import type { Blob, Image, ImageSet } from "../oci/image.ts";
import { type Layer, layerOf } from "../oci/layer.ts";
import { user } from "./base/system.ts";
import { formatPlatform, selectImages } from "./platforms.ts";

/** Where a baked image has its bundle. */
export const bundleDirectory = "santokit/bundle";

/** What is baked onto a base. */
export type Baking = {
  base: ImageSet;
  /** Without it: every platform of the base. */
  platforms?: readonly string[] | undefined;
  bundle: { files: readonly { path: string; content: Uint8Array }[]; digest: Digest };
  /** The time of the image and of every file in its layer. */
  created: Date;
  /** Labels of the image and annotations of its manifests, beside those of the bundle. */
  labels: Readonly<Record<string, string>>;
};

/**
 * A new image: the base with the bundle as one more layer. Nothing of the base's layers is read, and the same input
 * has the same digest.
 *
 * @throws {StkError} `platform_missing`, `invalid_base`, `invalid_image`
 */
export async function bake(baking: Baking, signal?: AbortSignal): Promise<ImageSet> {
  const { bundle, created } = baking;
  const entries = bundle.files.map(({ path, content }) => ({ path: `${bundleDirectory}/${path}`, content }));
  const layer = layerOf(entries, { mtime: created });
  const labels = {
    ...baking.labels,
    "org.opencontainers.image.created": timeOf(created),
    "dev.santokit.bundle.digest": bundle.digest,
    "dev.santokit.format-version": String(formatVersion),
  };
  const images = await Promise.all(
    selectImages(baking.base, baking.platforms).map(async (image) => {
      const config = bakedConfig(await readConfig(image, signal), {
        layer,
        digest: bundle.digest,
        created,
        labels,
        image,
      });
      return imageOf({
        platform: image.platform,
        config: Buffer.from(canonicalJson(config)),
        layers: [...image.layers.map(asOci), layer.blob],
        annotations: labels,
      });
    }),
  );
  return imageSetOf(images, labels);
}

type Addition = { layer: Layer; digest: Digest; created: Date; labels: Record<string, string>; image: Image };

function bakedConfig(
  base: ImageConfig,
  { layer, digest, created, labels, image }: Addition,
): { [key: string]: Json | undefined } {
  const { config, history, rootfs } = base;
  if (!config?.Entrypoint?.length && !config?.Cmd?.length) {
    throw new StkError(
      "invalid_base",
      `The base has no entry point for ${formatPlatform(image.platform)}, so it starts no Bridge.`,
      {
        hint: "Name a base that was built from Dockerfile.bridge, or leave --base out for the built-in one.",
      },
    );
  }
  const time = timeOf(created);
  const baked = {
    ...base,
    created: time,
    config: {
      ...config,
      User: nonRoot(config.User),
      Env: [
        ...(config.Env ?? []).filter((item) => !/^(?:MANIFEST_PATH|STK_BUNDLE_DIGEST)=/.test(item)),
        `MANIFEST_PATH=/${bundleDirectory}/manifest.json`,
        `STK_BUNDLE_DIGEST=${digest}`,
        // Without it the Bridge would take what is for development.
        ...(config.Env?.some((item) => item.startsWith("NODE_ENV=")) ? [] : ["NODE_ENV=production"]),
      ],
      Labels: { ...config.Labels, ...labels },
    },
    rootfs: { ...rootfs, diff_ids: [...rootfs.diff_ids, layer.diffId] },
    // History is all or nothing: with fewer entries than layers, tools refuse the image.
    ...(history?.length || image.layers.length === 0
      ? {
          history: [
            ...(history ?? []),
            { created: time, created_by: "stk deploy image", comment: "the bundle" },
          ],
        }
      : {}),
  };
  return JSON.parse(JSON.stringify(baked));
}

/** A base that runs as root, or says nothing, which is the same, gets Santokit's user. */
function nonRoot(spec: string | undefined): string {
  const [name = ""] = (spec ?? "").split(":");
  return name === "" || name === "root" || /^0+$/.test(name) ? user.spec : (spec ?? user.spec);
}

/** The same bytes under OCI's name for them: a manifest of Docker's own kind has no annotations. */
function asOci(blob: Blob): Blob {
  const { mediaType } = blob.descriptor;
  if (mediaType !== mediaTypes.dockerLayer) return blob;
  return {
    descriptor: { ...blob.descriptor, mediaType: mediaTypes.layerGzip },
    origin: blob.origin,
    open: (signal) => blob.open(signal),
  };
}

/** RFC 3339 without fractions of a second. */
const timeOf = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;
