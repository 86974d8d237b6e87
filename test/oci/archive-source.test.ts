import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { StkError } from "../../src/core/error.ts";
import { tarOf } from "../../src/core/tar.ts";
import { openArchive } from "../../src/oci/archive.ts";
import { openArchiveSource } from "../../src/oci/archive-source.ts";
import { imageSetOf } from "../../src/oci/assemble.ts";
import { openLayout } from "../../src/oci/layout.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { amd64, arm64, baseImage } from "../deploy/stand-in-base.ts";
import { describeWith } from "../services/needs.ts";
import { temporaryDirectory } from "../services/temporary.ts";

const directory = temporaryDirectory();
const set = imageSetOf([baseImage(amd64), baseImage(arm64)]);
const reference = parseReference("base:1");

async function readAll(file: string) {
  const read = await openArchiveSource(file).read();
  for (const { config, layers } of read.images)
    for (const blob of [config, ...layers]) await buffer(blob.open());
  return read;
}

describe("openArchiveSource", () => {
  it("reads what was written", async () => {
    const file = join(directory, "own.tar");
    await openArchive(file).write(set, reference);
    const read = await readAll(file);
    expect(read.descriptor.digest).toBe(set.descriptor.digest);
    expect(read.images.map(({ platform }) => platform)).toEqual([amd64, arm64]);
  });

  it("leaves other platforms out", async () => {
    const file = join(directory, "own.tar");
    await openArchive(file).write(set, reference);
    const wanted = ({ architecture }: { architecture: string }) => architecture === "arm64";
    expect((await openArchiveSource(file).read(undefined, wanted)).images).toHaveLength(1);
  });

  it("refuses a damaged archive in words, wherever it is damaged", async () => {
    const file = join(directory, "whole.tar");
    await openArchive(file).write(set, reference);
    const whole = readFileSync(file);
    const damagedFile = join(directory, "damaged.tar");
    for (let position = 0; position < whole.byteLength - 1_024; position += 97) {
      const damaged = Buffer.from(whole);
      damaged[position] = (damaged[position] ?? 0) ^ 0x55;
      for (const content of [damaged, whole.subarray(0, position)]) {
        writeFileSync(damagedFile, content);
        const failure = await readAll(damagedFile).then(
          (read) => read.descriptor.digest,
          (error: unknown) => error,
        );
        // What is damaged may be a part that no reader looks at, such as the file for docker load.
        if (failure !== set.descriptor.digest) expect(failure).toBeInstanceOf(StkError);
      }
    }
  }, 60_000);

  it.each([
    ["a file that is missing", undefined, "image_not_found"],
    ["an empty file", "", "image_not_found"],
    ["text", "x".repeat(2_000), "invalid_image"],
    [
      "another archive",
      tarOf([{ path: "a", content: Buffer.from("a") }], { mtime: new Date(0) }),
      "image_not_found",
    ],
    [
      "an index that is no JSON",
      tarOf([{ path: "index.json", content: Buffer.from("{") }], { mtime: new Date(0) }),
      "invalid_image",
    ],
    [
      "an index of nothing",
      tarOf([{ path: "index.json", content: Buffer.from('{"schemaVersion":2,"manifests":[]}') }], {
        mtime: new Date(0),
      }),
      "image_not_found",
    ],
  ])("refuses %s", async (name, content, code) => {
    const file = join(directory, `${name}.tar`);
    if (content !== undefined) writeFileSync(file, content);
    await expect(openArchiveSource(file).read()).rejects.toMatchObject({ code });
  });
});

await describeWith(["skopeo"], "openArchiveSource and skopeo", () => {
  it("reads what skopeo wrote", async () => {
    const layout = join(directory, "layout");
    await openLayout(layout).write(imageSetOf([baseImage(amd64)]), reference);
    const file = join(directory, "skopeo.tar");
    await execa("skopeo", ["copy", `oci:${layout}:base:1`, `oci-archive:${file}`]);
    expect((await readAll(file)).descriptor.digest).toBe(baseImage(amd64).descriptor.digest);
  });
});
