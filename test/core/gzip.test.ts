import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { digestOf } from "../../src/core/digest.ts";
import { gzip, gzipChunks } from "../../src/core/gzip.ts";

const sample = new TextEncoder().encode("select id, title from tasks where owner_id = $1\n".repeat(2_000));

describe("gzip", () => {
  test("is read back by zlib", () => {
    expect(gunzipSync(gzip(sample))).toEqual(Buffer.from(sample));
  });

  test("stores content as it is at level 0, for zlib to read back", () => {
    const stored = gzip(sample, 0);
    expect(stored.byteLength).toBeGreaterThan(sample.byteLength);
    expect(gunzipSync(stored)).toEqual(Buffer.from(sample));
    expect(gunzipSync(gzip(new Uint8Array(0), 0))).toEqual(Buffer.alloc(0));
  });

  test("has these bytes on every Node and platform: no time, no name, one fixed OS byte", () => {
    expect([...gzip(sample).subarray(0, 10)]).toEqual([31, 139, 8, 0, 0, 0, 0, 0, 0, 3]);
    expect(digestOf(gzip(sample))).toMatchInlineSnapshot(
      `"sha256:25bc87d16796ab544ee15482f491979ea12287131357c145c9c3a4067291af68"`,
    );
  });

  test("in pieces gives what zlib reads back as the whole", () => {
    const pieces = [sample.subarray(0, 5), sample.subarray(5, 70_000), sample.subarray(70_000)];
    expect(gunzipSync(Buffer.concat([...gzipChunks(pieces)]))).toEqual(Buffer.from(sample));
    expect(gunzipSync(Buffer.concat([...gzipChunks([])]))).toEqual(Buffer.alloc(0));
  });
});
