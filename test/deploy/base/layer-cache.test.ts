import { readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { digestOf } from "../../../src/core/digest.ts";
import { cachedLayer } from "../../../src/deploy/base/layer-cache.ts";
import type { Layer } from "../../../src/oci/layer.ts";
import { temporaryDirectory } from "../../services/temporary.ts";

const mtime = new Date("2026-10-28T00:00:00Z");
const content = Buffer.alloc(3_000_000, "not all the same ");

async function cache() {
  const directory = temporaryDirectory();
  let built = 0;
  const get = (key = "key") =>
    cachedLayer(directory, { key }, { mtime }, async () => {
      built++;
      return [{ path: "usr/local/bin/node", content, mode: 0o755 }];
    });
  const blobs = join(directory, "blobs", "sha256");
  return { directory, blobs, get, built: () => built };
}

const bytesOf = (layer: Layer) => buffer(layer.blob.open());
const fileOf = (blobs: string, layer: Layer) =>
  join(blobs, layer.blob.descriptor.digest.slice("sha256:".length));

describe("cachedLayer", () => {
  test("is made once, and is what its digests say", async () => {
    const { get, built } = await cache();
    const first = await get();
    const second = await get();
    expect(built()).toBe(1);
    expect(second.blob.descriptor).toEqual(first.blob.descriptor);
    const bytes = await bytesOf(second);
    expect(digestOf(bytes)).toBe(first.blob.descriptor.digest);
    expect(bytes.byteLength).toBe(first.blob.descriptor.size);
    expect(digestOf(gunzipSync(bytes))).toBe(first.diffId);
  });

  test("can be written by its owner alone", async () => {
    const { blobs, get } = await cache();
    await get();
    expect((await stat(blobs)).mode & 0o777).toBe(0o700);
  });

  test("is made for each key", async () => {
    const { get, built } = await cache();
    await get("one");
    await get("two");
    expect(built()).toBe(2);
  });

  test("two at once make the same, and leave nothing half done", async () => {
    const { get, blobs, directory } = await cache();
    const [first, second] = await Promise.all([get(), get()]);
    expect(second.blob.descriptor).toEqual(first.blob.descriptor);
    expect(await readdir(blobs)).toHaveLength(1);
    expect(await readdir(join(directory, "layers"))).toHaveLength(1);
  });

  test.each(["", "{", "null", '{"digest":"../../etc/passwd","size":1,"diffId":"x"}'])(
    "a record that says %j is made anew",
    async (text) => {
      const { get, built, directory } = await cache();
      await get();
      const [name = ""] = await readdir(join(directory, "layers"));
      await writeFile(join(directory, "layers", name), text);
      await get();
      expect(built()).toBe(2);
      expect(JSON.parse(await readFile(join(directory, "layers", name), "utf8"))).toHaveProperty("digest");
    },
  );

  test("a layer that was cut short is made anew", async () => {
    const { get, built, blobs } = await cache();
    const layer = await get();
    await truncate(fileOf(blobs, layer), 100);
    const again = await get();
    expect(built()).toBe(2);
    expect((await stat(fileOf(blobs, again))).size).toBe(again.blob.descriptor.size);
  });

  test("a layer that was changed is refused when it is read, and made anew by the next command", async () => {
    const { get, built, blobs } = await cache();
    const layer = await get();
    const file = fileOf(blobs, layer);
    const bytes = await readFile(file);
    bytes[50] = (bytes[50] ?? 0) ^ 1;
    await writeFile(file, bytes);
    await expect(bytesOf(layer)).rejects.toMatchObject({ code: "digest_mismatch" });
    expect(digestOf(await bytesOf(await get()))).toBe(layer.blob.descriptor.digest);
    expect(built()).toBe(2);
  });

  test("nothing is kept of a layer that could not be made", async () => {
    const { directory } = await cache();
    const failing = cachedLayer(directory, "key", { mtime }, async () => {
      throw new Error("no disk");
    });
    await expect(failing).rejects.toThrow("no disk");
    await expect(readdir(join(directory, "layers"))).rejects.toThrow("ENOENT");
  });
});
