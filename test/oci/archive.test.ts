import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it, onTestFinished } from "vitest";
import { openArchive } from "../../src/oci/archive.ts";
import { openLayout } from "../../src/oci/layout.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { describeWith } from "../services/needs.ts";
import { sampleLayer, sampleSet } from "./sample.ts";

const folder = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), "santokit-archive-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
};
const name = parseReference("helpdesk:v1");

describe("an archive", () => {
  it("is the same bytes for the same image", async () => {
    const directory = await folder();
    const set = await sampleSet([sampleLayer("a", "same")]);
    for (const file of ["one", "two"]) await openArchive(`${directory}/${file}`).write(set, name);
    expect(await readFile(`${directory}/one`)).toEqual(await readFile(`${directory}/two`));
  });

  it("is an image layout once it is unpacked", async () => {
    const directory = await folder();
    const set = await sampleSet([sampleLayer("a", randomBytes(70_001))], ["amd64", "arm64"]);
    await openArchive(`${directory}/image.tar`).write(set, name);
    await execa("tar", ["-xf", `${directory}/image.tar`, "-C", directory]);
    const back = await openLayout(directory).read(name);
    expect(back.descriptor.digest).toBe(set.descriptor.digest);
  });

  it("is not left half-written when a layer is not what it says", async () => {
    const directory = await folder();
    const set = await sampleSet([sampleLayer("a")]);
    const broken = set.images.map((image) => ({
      ...image,
      layers: image.layers.map(({ descriptor }) => ({
        descriptor,
        open: async function* () {
          yield Buffer.of(1);
        },
      })),
    }));
    const writing = openArchive(`${directory}/image.tar`).write({ ...set, images: broken }, name);
    await expect(writing).rejects.toMatchObject({ code: "digest_mismatch" });
    expect(await readdir(directory)).toEqual([]);
  });
});

await describeWith(["skopeo"], "an archive that was written", () => {
  it.each(["oci-archive", "docker-archive"])("is read by skopeo as %s", async (format) => {
    const directory = await folder();
    const set = await sampleSet([sampleLayer("a"), sampleLayer("b")]);
    const config = set.images[0]?.config.descriptor.digest;
    await openArchive(`${directory}/image.tar`).write(set, name);
    const { stdout } = await execa("skopeo", [
      "inspect",
      "--raw",
      `${format}:${directory}/image.tar:helpdesk:v1`,
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ config: { digest: config } });
    await execa("skopeo", [
      "copy",
      "-q",
      `${format}:${directory}/image.tar:helpdesk:v1`,
      `dir:${directory}/copied`,
    ]);
    expect(await readdir(`${directory}/copied`)).toContain(config?.slice(7));
  });
});

await describeWith(["engine"], "an archive and an engine", () => {
  it("are brought together by docker load", async () => {
    const directory = await folder();
    const tag = `santokit-archive-${process.pid}:v1`;
    onTestFinished(async () => {
      await execa("docker", ["rmi", "-f", tag], { reject: false });
    });
    const set = await sampleSet([sampleLayer("a"), sampleLayer("b")]);
    await openArchive(`${directory}/image.tar`).write(set, parseReference(tag));
    await execa("docker", ["load", "-i", `${directory}/image.tar`]);
    const { stdout } = await execa("docker", ["image", "inspect", "--format", "{{.Id}}", tag]);
    expect(stdout).toBe(set.images[0]?.config.descriptor.digest);
  });
});
