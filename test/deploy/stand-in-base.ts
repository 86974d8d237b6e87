import { imageOf, imageSetOf } from "../../src/oci/assemble.ts";
import { memoryBlob } from "../../src/oci/blob.ts";
import type { Platform } from "../../src/oci/descriptor.ts";
import type { Image, ImageSet } from "../../src/oci/image.ts";
import { layerOf } from "../../src/oci/layer.ts";

/** The config of a base in these tests, where a test does not say otherwise. */
export const standardConfig = {
  User: "1000:1000",
  Entrypoint: ["/usr/local/bin/node", "/santokit/bridge.mjs"],
  Env: ["PATH=/usr/local/bin"],
  Labels: { "org.example.kept": "yes" },
};

/** A small base image of one layer, with the given `config` of its image config. */
export function baseImage(
  platform: Platform,
  config: object | undefined = standardConfig,
  more: object = {},
): Image {
  const layer = layerOf([{ path: "santokit/bridge.mjs", content: Buffer.from("// bridge") }], {
    mtime: new Date(0),
  });
  return imageOf({
    platform,
    config: Buffer.from(
      JSON.stringify({
        created: "2020-01-01T00:00:00Z",
        architecture: platform.architecture,
        os: platform.os,
        config,
        rootfs: { type: "layers", diff_ids: [layer.diffId] },
        history: [{ created: "2020-01-01T00:00:00Z", created_by: "COPY bridge" }],
        ...more,
      }),
    ),
    layers: [layer.blob],
  });
}

export const amd64: Platform = { os: "linux", architecture: "amd64" };
export const arm64: Platform = { os: "linux", architecture: "arm64", variant: "v8" };

/** A base of one platform. */
export const baseOf = (config?: object, more?: object): ImageSet =>
  imageSetOf([baseImage(amd64, config, more)]);

/** What BuildKit puts beside an image in its index. */
export function attestation(): Image {
  const content = Buffer.from("{}");
  return imageOf({
    platform: { os: "unknown", architecture: "unknown" },
    config: content,
    layers: [memoryBlob(content, "application/vnd.in-toto+json")],
  });
}
