import { gzipSync, zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { tarOf } from "../../src/core/tar.ts";
import { plainTar } from "../../src/deploy/plain-tar.ts";
import { manifestInTarball } from "../../src/deploy/read-bundle.ts";

const tar = tarOf([{ path: "a", content: Buffer.from("a") }], { mtime: new Date(0) });

test("gives a tar as it is, and what was gzipped", () => {
  expect(plainTar(tar)).toEqual(Buffer.from(tar));
  expect(plainTar(gzipSync(tar))).toEqual(Buffer.from(tar));
  expect(plainTar(new Uint8Array())).toEqual(Buffer.alloc(0));
});

test("does not take what is compressed in another way, or twice", () => {
  expect(plainTar(zstdCompressSync(tar))).toBeUndefined();
  expect(plainTar(gzipSync(zstdCompressSync(tar)))).toBeUndefined();
  expect(plainTar(gzipSync(gzipSync(tar)))).toBeUndefined();
});

test("a few kilobytes that stand for gigabytes are refused", () => {
  const member = gzipSync(Buffer.alloc(200_000_000));
  const bomb = gzipSync(Buffer.concat(Array.from({ length: 40 }, () => member)));
  expect(bomb.length).toBeLessThan(100_000);
  expect(() => manifestInTarball(bomb)).toThrow(expect.objectContaining({ code: "invalid_bundle" }));
  expect(() => manifestInTarball(gzipSync(Buffer.alloc(300 * 1_048_576)))).toThrow("more than 256 MiB");
});
