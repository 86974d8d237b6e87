import { describe, expect, test } from "vitest";
import { digestOf } from "../../src/core/digest.ts";
import { type Baking, bake } from "../../src/deploy/bake.ts";
import { imageSetOf } from "../../src/oci/assemble.ts";
import { readConfig } from "../../src/oci/config.ts";
import { mediaTypes } from "../../src/oci/descriptor.ts";
import type { ImageSet } from "../../src/oci/image.ts";
import { amd64, arm64, attestation, baseImage, baseOf, standardConfig } from "./stand-in-base.ts";

const files = [
  { path: "manifest.json", content: Buffer.from("{}") },
  { path: "logic/a.mjs", content: Buffer.from("export default 1") },
];
const input = {
  bundle: { files, digest: digestOf("bundle") },
  created: new Date("2026-11-20T10:00:00.5Z"),
  labels: { "org.opencontainers.image.revision": "abc" },
};
const bundleDigest = `STK_BUNDLE_DIGEST=${input.bundle.digest}`;
const baked = (base: ImageSet, more: Partial<Baking> = {}) => bake({ base, ...input, ...more });
const only = (set: ImageSet) => {
  const [image] = set.images;
  if (image === undefined) throw new Error("The set is empty.");
  return image;
};
const manifestOf = (set: ImageSet) => JSON.parse(Buffer.from(only(set).manifest).toString());

describe("bake", () => {
  test("adds one layer, one history entry and its settings, and changes nothing else of the base", async () => {
    const base = baseOf(standardConfig, { author: "somebody", "x.unknown": [1] });
    const before = await readConfig(only(base));
    const result = await baked(base);
    const config = await readConfig(only(result));
    expect(only(result).layers.slice(0, -1)).toEqual(only(base).layers);
    expect(config.history?.slice(0, -1)).toEqual(before.history);
    expect(config.history?.length).toBe(only(result).layers.length);
    expect(config).toMatchObject({
      created: "2026-11-20T10:00:00Z",
      author: "somebody",
      "x.unknown": [1],
      config: {
        User: "1000:1000",
        Entrypoint: standardConfig.Entrypoint,
        Env: [
          "PATH=/usr/local/bin",
          "MANIFEST_PATH=/santokit/bundle/manifest.json",
          bundleDigest,
          "NODE_ENV=production",
        ],
        Labels: {
          "org.example.kept": "yes",
          "org.opencontainers.image.revision": "abc",
          "org.opencontainers.image.created": "2026-11-20T10:00:00Z",
          "dev.santokit.bundle.digest": digestOf("bundle"),
          "dev.santokit.format-version": "2",
        },
      },
    });
    expect(manifestOf(result).annotations).toMatchObject({
      "dev.santokit.bundle.digest": digestOf("bundle"),
    });
  });

  test("has the same digest for the same input, whatever the order of the files", async () => {
    const first = await baked(baseOf());
    const second = await baked(baseOf(), { bundle: { ...input.bundle, files: [...files].reverse() } });
    expect(second.descriptor).toEqual(first.descriptor);
    expect(first.descriptor.digest).toMatchInlineSnapshot(
      `"sha256:e41e51c4251a253aa10a479df7cd3a07efad97fd52eca6933656e2604cdb50aa"`,
    );
  });

  test("has another digest for another bundle, time or label", async () => {
    const sets = await Promise.all([
      baked(baseOf()),
      baked(baseOf(), { bundle: { ...input.bundle, files: files.slice(0, 1) } }),
      baked(baseOf(), { created: new Date("2026-11-20T10:00:01Z") }),
      baked(baseOf(), { labels: {} }),
    ]);
    expect(new Set(sets.map(({ descriptor }) => descriptor.digest)).size).toBe(sets.length);
  });

  test("replaces what says which bundle it is in an image that was baked before", async () => {
    const config = await readConfig(
      only(
        await baked(baseOf({ ...standardConfig, Env: ["MANIFEST_PATH=/other", "STK_BUNDLE_DIGEST=other"] })),
      ),
    );
    expect(config.config?.Env).toEqual([
      "MANIFEST_PATH=/santokit/bundle/manifest.json",
      bundleDigest,
      "NODE_ENV=production",
    ]);
  });

  test("runs for production, unless the base says otherwise", async () => {
    const config = await readConfig(
      only(await baked(baseOf({ ...standardConfig, Env: ["NODE_ENV=staging"] }))),
    );
    expect(config.config?.Env).toEqual([
      "NODE_ENV=staging",
      "MANIFEST_PATH=/santokit/bundle/manifest.json",
      bundleDigest,
    ]);
  });

  test.each([undefined, "", "0", "root", "0:0", "root:root", "00:1000"])(
    "a base of user %j gets a user",
    async (User) => {
      const config = await readConfig(only(await baked(baseOf({ ...standardConfig, User }))));
      expect(config.config?.User).toBe("65532:65532");
    },
  );

  test.each(["node", "1000", "10:0"])("a base of user %j keeps it", async (User) => {
    const config = await readConfig(only(await baked(baseOf({ ...standardConfig, User }))));
    expect(config.config?.User).toBe(User);
  });

  test.each([[{}], [{ Entrypoint: [], Cmd: null }]])(
    "refuses a base without an entry point: %j",
    async (config) => {
      await expect(baked(baseOf(config))).rejects.toMatchObject({ code: "invalid_base" });
    },
  );

  test("leaves a base without history without it", async () => {
    const config = await readConfig(only(await baked(baseOf(standardConfig, { history: undefined }))));
    expect(config.history).toBeUndefined();
  });

  test("bakes every platform of an index under an index, and no attestation", async () => {
    const base = imageSetOf([baseImage(amd64), attestation(), baseImage(arm64)]);
    const result = await baked(base);
    expect(result.descriptor.mediaType).toBe(mediaTypes.index);
    expect(result.descriptor.digest).toBe(digestOf(result.index ?? ""));
    expect(JSON.parse(Buffer.from(result.index ?? "").toString()).manifests).toEqual(
      [amd64, arm64].map((platform, index) => ({ ...result.images[index]?.descriptor, platform })),
    );
  });

  test("one platform of several is an image without an index", async () => {
    const base = imageSetOf([baseImage(amd64), baseImage(arm64)]);
    const result = await baked(base, { platforms: ["linux/arm64"] });
    expect(result.index).toBeUndefined();
    expect(result.images.map(({ platform }) => platform)).toEqual([arm64]);
  });

  test("says which platforms a base has when one is missing", async () => {
    await expect(baked(baseOf(), { platforms: ["linux/amd64", "linux/s390x"] })).rejects.toMatchObject({
      code: "platform_missing",
      message: "The base has no image for linux/s390x.",
      hint: "It has: linux/amd64.",
    });
    await expect(baked(imageSetOf([attestation()]))).rejects.toMatchObject({ code: "platform_missing" });
  });

  test("turns a base of Docker's own kind into an OCI image with the same blobs", async () => {
    const image = baseImage(amd64);
    const layers = image.layers.map((layer) => ({
      ...layer,
      descriptor: { ...layer.descriptor, mediaType: mediaTypes.dockerLayer },
    }));
    const descriptor = { ...image.descriptor, mediaType: mediaTypes.dockerManifest };
    const result = await baked({ descriptor, images: [{ ...image, descriptor, layers }] });
    expect(manifestOf(result)).toMatchObject({
      mediaType: mediaTypes.manifest,
      config: { mediaType: mediaTypes.config },
    });
    for (const layer of manifestOf(result).layers) expect(layer.mediaType).toBe(mediaTypes.layerGzip);
    expect(only(result).layers[0]?.descriptor.digest).toBe(image.layers[0]?.descriptor.digest);
  });

  test.each([
    ["is not JSON", "{"],
    ["rootfs", JSON.stringify({ architecture: "amd64", os: "linux" })],
    [
      "another number of layers",
      JSON.stringify({ architecture: "amd64", os: "linux", rootfs: { type: "layers", diff_ids: [] } }),
    ],
  ])("refuses a base whose config %s", async (message, text) => {
    const image = baseImage(amd64);
    const config = {
      ...image.config,
      open: async function* () {
        yield Buffer.from(text);
      },
    };
    await expect(
      baked({ descriptor: image.descriptor, images: [{ ...image, config }] }),
    ).rejects.toMatchObject({
      code: "invalid_image",
      message: expect.stringContaining(message),
    });
  });

  test("stops reading a config that never ends", async () => {
    const image = baseImage(amd64);
    const endless = async function* () {
      for (;;) yield Buffer.alloc(1_048_576);
    };
    const set = {
      descriptor: image.descriptor,
      images: [{ ...image, config: { ...image.config, open: endless } }],
    };
    await expect(baked(set)).rejects.toMatchObject({ code: "invalid_image" });
  });
});
