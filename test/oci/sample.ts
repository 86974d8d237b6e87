import { randomBytes } from "node:crypto";
import { digestOf } from "../../src/core/digest.ts";
import { tarOf } from "../../src/core/tar.ts";
import { imageOf, imageSetOf } from "../../src/oci/assemble.ts";
import { memoryBlob } from "../../src/oci/blob.ts";
import { mediaTypes } from "../../src/oci/descriptor.ts";
import type { Blob, ImageSet } from "../../src/oci/image.ts";

/** A layer of one file, which a container engine can unpack. */
export function sampleLayer(path: string, content: Uint8Array | string = randomBytes(64)): Blob {
  const tar = tarOf([{ path, content: Buffer.from(content) }], { mtime: new Date(0) });
  return memoryBlob(tar, mediaTypes.layer);
}

/** An image of layers for one platform, or for several under an index. */
export async function sampleSet(layers: readonly Blob[], architectures = ["amd64"]): Promise<ImageSet> {
  const diffIds = await Promise.all(layers.map(async (layer) => digestOf(await bytesOf(layer))));
  return imageSetOf(
    architectures.map((architecture) =>
      imageOf({
        platform: { os: "linux", architecture },
        config: Buffer.from(
          JSON.stringify({
            architecture,
            os: "linux",
            config: { Cmd: ["/x"] },
            rootfs: { type: "layers", diff_ids: diffIds },
          }),
        ),
        layers,
      }),
    ),
  );
}

/** All bytes of a blob. */
export async function bytesOf(blob: Blob): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of blob.open()) parts.push(part);
  return Buffer.concat(parts);
}
