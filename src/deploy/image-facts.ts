import { readConfig } from "../oci/config.ts";
import type { ImageSet } from "../oci/image.ts";
import { type ManifestFacts, manifestFacts } from "./manifest-facts.ts";
import { formatPlatform, isRunnable } from "./platforms.ts";
import { manifestInImage } from "./read-bundle.ts";

/** What one platform's image is made of. Sizes in bytes, as they are transferred. */
export type PlatformFacts = {
  platform: string;
  digest: string;
  user: string;
  entrypoint: string[];
  layers: { digest: string; size: number; createdBy?: string }[];
};

/** What is in an image. */
export type ImageFacts = {
  digest: string;
  created?: string;
  platforms: PlatformFacts[];
  labels: Record<string, string>;
  base?: { name?: string; digest?: string };
  bundleDigest?: string;
};

/** Reads configs and the layer of the bundle, and no other layer. @throws {StkError} `invalid_image`, `invalid_bundle` */
export async function imageFacts(
  set: ImageSet,
  signal?: AbortSignal,
): Promise<{ image: ImageFacts; release?: ManifestFacts }> {
  const images = await Promise.all(
    set.images
      .filter(({ platform }) => isRunnable(platform))
      .map(async (one) => ({ one, config: await readConfig(one, signal) })),
  );
  const [first] = images;
  const labels = first?.config.config?.Labels ?? {};
  const bundleDigest = labels["dev.santokit.bundle.digest"];
  const manifest = first && bundleDigest ? await manifestInImage(first.one, signal) : undefined;
  const image: ImageFacts = {
    digest: set.descriptor.digest,
    ...defined({ created: first?.config.created, bundleDigest }),
    platforms: images.map(({ one, config }) => {
      // Entries of a history that made no layer say nothing of the layers' order.
      const steps = (config.history ?? []).filter(({ empty_layer }) => empty_layer !== true);
      return {
        platform: formatPlatform(one.platform),
        digest: one.descriptor.digest,
        user: config.config?.User || "root",
        entrypoint: [...(config.config?.Entrypoint ?? [])],
        layers: one.layers.map(({ descriptor: { digest, size } }, index) => ({
          digest,
          size,
          ...defined({ createdBy: steps[index]?.created_by }),
        })),
      };
    }),
    labels: { ...labels },
    base: defined({
      name: labels["org.opencontainers.image.base.name"],
      digest: labels["org.opencontainers.image.base.digest"],
    }),
  };
  return { image, ...(manifest === undefined ? {} : { release: manifestFacts(manifest) }) };
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function defined<T extends Record<string, string | undefined>>(values: T): Defined<T>;
function defined(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
