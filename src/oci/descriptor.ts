import type { Digest } from "../core/digest.ts";

/** The media types that `stk` reads and writes (OCI image specification 1.1; Docker's where a registry still has them). */
export const mediaTypes = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
  layerGzip: "application/vnd.oci.image.layer.v1.tar+gzip",
  layerZstd: "application/vnd.oci.image.layer.v1.tar+zstd",
  dockerIndex: "application/vnd.docker.distribution.manifest.list.v2+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerConfig: "application/vnd.docker.container.image.v1+json",
  dockerLayer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
} as const;

/** What an image runs on (OCI image index specification, `platform`). */
export type Platform = { os: string; architecture: string; variant?: string | undefined };

/** A pointer to content (OCI image specification, "Content Descriptors"). `size` in bytes. */
export type Descriptor = {
  mediaType: string;
  digest: Digest;
  size: number;
  platform?: Platform | undefined;
  annotations?: Record<string, string> | undefined;
};
