import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it, onTestFinished } from "vitest";
import { withLock } from "../../src/oci/file-lock.ts";
import type { ImageSet } from "../../src/oci/image.ts";
import { openLayout } from "../../src/oci/layout.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { describeWith } from "../services/needs.ts";
import { bytesOf, sampleLayer, sampleSet } from "./sample.ts";

const folder = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), "santokit-layout-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
};
const name = parseReference;
const layerOf = (set: ImageSet) => {
  const layer = set.images[0]?.layers[0];
  if (layer === undefined) throw new Error("no layer");
  return layer;
};
const blobFile = (directory: string, digest: string) => join(directory, "blobs/sha256", digest.slice(7));

describe("an image layout", () => {
  it("gives back what it was given, under each of its names", async () => {
    const layout = openLayout(join(await folder(), "images"));
    const set = await sampleSet([sampleLayer("a", randomBytes(300_000))], ["amd64", "arm64"]);
    await layout.write(set, name("helpdesk:v1"));
    await layout.write(set, name("ghcr.io/acme/helpdesk:v2"));
    for (const text of ["helpdesk:v1", "ghcr.io/acme/helpdesk:v2", `any@${set.descriptor.digest}`]) {
      const back = await layout.read(name(text));
      expect(back).toMatchObject({ descriptor: set.descriptor, index: set.index });
      expect(back.images.map(({ platform }) => platform.architecture)).toEqual(["amd64", "arm64"]);
      expect(await bytesOf(layerOf(back))).toEqual(await bytesOf(layerOf(set)));
    }
    expect((await layout.list()).map((entry) => entry.name)).toEqual([
      "helpdesk:v1",
      "ghcr.io/acme/helpdesk:v2",
    ]);
  });

  it("moves a tag, and keeps what it named before under its digest", async () => {
    const layout = openLayout(await folder());
    const [one, two] = [await sampleSet([sampleLayer("1")]), await sampleSet([sampleLayer("2")])];
    await layout.write(one, name(`helpdesk@${one.descriptor.digest}`));
    await layout.write(one, name("helpdesk"));
    await layout.write(two, name("helpdesk:latest"));
    expect((await layout.resolve(name("helpdesk"))).digest).toBe(two.descriptor.digest);
    expect((await layout.read(name(`helpdesk@${one.descriptor.digest}`))).descriptor.digest).toBe(
      one.descriptor.digest,
    );
    expect(await layout.list()).toHaveLength(2);
  });

  it("is the same bytes for the same images", async () => {
    const set = await sampleSet([sampleLayer("a", "same")]);
    const [one, two] = [await folder(), await folder()];
    for (const directory of [one, two]) await openLayout(directory).write(set, name("a:1"));
    const files = async (directory: string) =>
      Promise.all(
        (await readdir(directory, { recursive: true, withFileTypes: true }))
          .filter((entry) => entry.isFile())
          .map(async (entry) => [entry.name, await readFile(join(entry.parentPath, entry.name), "hex")]),
      );
    expect((await files(one)).sort()).toEqual((await files(two)).sort());
    expect(await files(one)).toHaveLength(5);
  });

  it("takes the writes of several at once", async () => {
    const directory = await folder();
    const sets = await Promise.all(
      Array.from({ length: 12 }, (_, index) => sampleSet([sampleLayer(`${index}`)])),
    );
    await Promise.all(sets.map((set, index) => openLayout(directory).write(set, name(`app:v${index}`))));
    expect(await openLayout(directory).list()).toHaveLength(12);
    expect((await readdir(directory)).sort()).toEqual(["blobs", "index.json", "oci-layout"]);
  });

  it("has no image in an empty folder, nor under a name that nobody gave", async () => {
    const layout = openLayout(await folder());
    await expect(layout.read(name("a:1"))).rejects.toMatchObject({ code: "image_not_found" });
    await layout.write(await sampleSet([sampleLayer("a")]), name("a:1"));
    for (const text of ["a:2", "b", `a@sha256:${"0".repeat(64)}`]) {
      await expect(layout.read(name(text))).rejects.toMatchObject({ code: "image_not_found" });
    }
  });

  it("does not give a blob that was changed, and does not take one that is not what it says", async () => {
    const directory = await folder();
    const layout = openLayout(directory);
    const set = await sampleSet([sampleLayer("a")]);
    await layout.write(set, name("a:1"));
    const layer = layerOf(await layout.read(name("a:1")));
    await writeFile(blobFile(directory, layer.descriptor.digest), Buffer.alloc(layer.descriptor.size, 7));
    await expect(bytesOf(layer)).rejects.toMatchObject({ code: "digest_mismatch" });
    await rm(blobFile(directory, layer.descriptor.digest));
    await expect(bytesOf(layer)).rejects.toMatchObject({ code: "invalid_layout" });

    const lying = {
      ...layer,
      open: async function* () {
        yield Buffer.alloc(layer.descriptor.size);
      },
    };
    const wrong = { ...set, images: set.images.map((image) => ({ ...image, layers: [lying] })) };
    await expect(layout.write(wrong, name("b:1"))).rejects.toMatchObject({ code: "digest_mismatch" });
    await expect(layout.resolve(name("b:1"))).rejects.toMatchObject({ code: "image_not_found" });
    expect(await readdir(join(directory, "blobs/sha256"))).toHaveLength(2);
  });

  it.each([
    ["oci-layout", "{}"],
    ["index.json", "not json"],
    [
      "index.json",
      '{"schemaVersion":2,"manifests":[{"mediaType":"a","digest":"../../etc/passwd","size":1}]}',
    ],
  ])("with %s that reads %s is refused, and left as it is", async (file, content) => {
    const directory = await folder();
    const layout = openLayout(directory);
    const set = await sampleSet([sampleLayer("a")]);
    await layout.write(set, name("a:1"));
    await writeFile(join(directory, file), content);
    await expect(layout.read(name("a:1"))).rejects.toMatchObject({ code: "invalid_layout" });
    await expect(layout.write(set, name("a:2"))).rejects.toMatchObject({ code: "invalid_layout" });
    expect(await readFile(join(directory, file), "utf8")).toBe(content);
  });
});

describe("a lock", () => {
  it("lets one in after the other", async () => {
    const file = join(await folder(), "lock");
    let inside = 0;
    let most = 0;
    const act = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside--;
    };
    await Promise.all(Array.from({ length: 8 }, () => withLock(file, act)));
    expect(most).toBe(1);
  });

  it("of a process that has ended is taken away", async () => {
    const file = join(await folder(), "lock");
    const script = `import { withLock } from ${JSON.stringify(new URL("../../src/oci/file-lock.ts", import.meta.url).href)};
      await withLock(${JSON.stringify(file)}, async () => process.exit(0));`;
    await execa(process.execPath, ["--input-type=module-typescript", "-e", script]);
    expect(await readFile(file, "utf8")).toContain("pid");
    await utimes(file, new Date(), new Date());
    expect(await withLock(file, async () => "in")).toBe("in");
  });

  it("of a process on another machine is respected, until who waits gives up", async () => {
    const file = join(await folder(), "lock");
    await writeFile(file, JSON.stringify({ host: "elsewhere", pid: 1, id: "x" }));
    const waiting = withLock(file, async () => "in", AbortSignal.timeout(100));
    await expect(waiting).rejects.toMatchObject({ name: expect.stringMatching(/TimeoutError|AbortError/) });
    expect(await readFile(file, "utf8")).toContain("elsewhere");
  });
});

await describeWith(["skopeo", "umoci"], "a layout that was written", () => {
  it("is read by skopeo and unpacked by umoci", async () => {
    const directory = await folder();
    const set = await sampleSet([sampleLayer("hello.txt", "hello")]);
    await openLayout(`${directory}/images`).write(set, name("helpdesk:v1"));
    const seen = await execa("skopeo", [
      "inspect",
      "--format",
      "{{.Digest}}",
      `oci:${directory}/images:helpdesk:v1`,
    ]);
    expect(seen.stdout).toBe(set.descriptor.digest);
    await execa("skopeo", ["copy", "-q", `oci:${directory}/images:helpdesk:v1`, `oci:${directory}/copy:v1`]);
    await execa("umoci", [
      "unpack",
      "--rootless",
      "--image",
      `${directory}/copy:v1`,
      `${directory}/unpacked`,
    ]);
    expect(await readFile(`${directory}/unpacked/rootfs/hello.txt`, "utf8")).toBe("hello");
  });

  it("of skopeo is read, by the tag that skopeo gives", async () => {
    const directory = await folder();
    const set = await sampleSet([sampleLayer("a")]);
    await openLayout(`${directory}/images`).write(set, name("helpdesk:v1"));
    await execa("skopeo", ["copy", "-q", `oci:${directory}/images:helpdesk:v1`, `oci:${directory}/copy:v1`]);
    // skopeo compresses the layers anew; the config names what is in them, and stays.
    const copy = await openLayout(`${directory}/copy`).read(name("helpdesk:v1"));
    expect(copy.images[0]?.config.descriptor.digest).toBe(set.images[0]?.config.descriptor.digest);
  });
});
