import { execa } from "execa";
import { expect, it, onTestFinished } from "vitest";
import { deployImage } from "../../src/deploy/deploy-image.ts";
import { findImage } from "../../src/deploy/find-image.ts";
import { parseLocation } from "../../src/deploy/location.ts";
import { openPlaces } from "../../src/deploy/places.ts";
import { connectEngine } from "../../src/oci/engine.ts";
import { formatReference, parseReference } from "../../src/oci/reference.ts";
import { sampleLayer, sampleSet } from "../oci/sample.ts";
import { describeWith } from "../services/needs.ts";
import { startRegistry } from "../services/registry.ts";
import { temporaryDirectory } from "../services/temporary.ts";
import { contextOf, writeProject } from "./project.ts";

const { signal } = new AbortController();

it.each(["registry.example.com/acme/base:1", "base:1", "docker:base:1", "docker:127.0.0.1:5000/base"])(
  "%s names a place of its own",
  (text) => {
    const isEngine = text.startsWith("docker:");
    expect(parseLocation(text, "/")).toEqual({
      kind: isEngine ? "engine" : "name",
      reference: parseReference(text.replace("docker:", "")),
    });
  },
);

await describeWith(["engine", "registry"], "an image that Docker has by the same name", () => {
  const env = { XDG_CACHE_HOME: temporaryDirectory() };
  const placesOf = (project: string) => openPlaces({ project, env, signal });

  async function inDocker(name: string): Promise<void> {
    const engine = await connectEngine({ env, timeout: 5_000 });
    const reference = parseReference(name);
    onTestFinished(async () => {
      await execa("docker", ["rmi", "-f", formatReference(reference)], { reject: false });
    });
    await engine?.write(await sampleSet([sampleLayer("stale")]), reference);
  }

  it("stands in for none that its registry lacks", async () => {
    const { host, stop } = await startRegistry();
    onTestFinished(stop);
    await inDocker(`${host}/base:1`);
    const root = writeProject();
    const read = (text: string) => findImage(parseLocation(text, root), placesOf(root));
    await expect(read(`${host}/base:1`)).rejects.toMatchObject({ code: "image_not_found" });
    expect(await read(`docker:${host}/base:1`)).toMatchObject({ source: `engine ${host}/base:1` });
    const context = { ...contextOf(root), places: placesOf(root) };
    await expect(
      deployImage({ root, tags: ["notes:v1"], base: `${host}/base:1`, dryRun: true }, context),
    ).rejects.toMatchObject({ code: "image_not_found" });
  });

  it("stands in for none that its registry cannot give, nor for one of the project's store", async () => {
    const name = `santokit-test-${process.pid}:stale`;
    await inDocker(`127.0.0.1:1/${name}`);
    await inDocker(name);
    const root = writeProject();
    const read = (text: string) => findImage(parseLocation(text, root), placesOf(root));
    await expect(read(`127.0.0.1:1/${name}`)).rejects.toMatchObject({ code: "registry_unreachable" });
    await expect(read(name)).rejects.toMatchObject({
      code: "image_not_found",
      hint: expect.stringContaining(`docker:${name}`),
    });
    expect(await read(`docker:${name}`)).toMatchObject({ source: `engine ${name}` });
  });
});
