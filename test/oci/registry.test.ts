import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, expect, it, onTestFinished } from "vitest";
import { type Http, http } from "../../src/oci/http.ts";
import type { ImageSet } from "../../src/oci/image.ts";
import { formatReference, parseReference, type Reference } from "../../src/oci/reference.ts";
import { createRegistry } from "../../src/oci/registry.ts";
import { describeWith } from "../services/needs.ts";
import { type Registry, registryUser, startRegistry } from "../services/registry.ts";
import { bytesOf, sampleLayer, sampleSet } from "./sample.ts";

/** A client that records what it asks. */
function recorded(credentials = async (): Promise<undefined> => undefined) {
  const requests: string[] = [];
  const recording: Http = (url, request) => {
    requests.push(`${request.method} ${url.pathname.replace(/[0-9a-f-]{36}|[0-9a-f]{64}/g, "*")}`);
    return http(url, request);
  };
  return { requests, registry: createRegistry({ env: {}, http: recording, credentials }) };
}

const folder = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), "santokit-registry-test-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
};

await describeWith(["registry", "skopeo", "umoci"], "a real registry", () => {
  let server: Registry;
  const at = (name: string): Reference => parseReference(`${server.host}/${name}`);

  beforeAll(async () => {
    server = await startRegistry();
    return () => server.stop();
  });

  it("gives back what it was given, and other tools read it", async () => {
    const set = await sampleSet([
      sampleLayer("a.txt", "alpha"),
      sampleLayer("b.txt", randomBytes(3_000_000)),
    ]);
    const { registry } = recorded();
    await registry.write(set, at("read/back:v1"));

    const back = await registry.read(at("read/back:v1"));
    expect(back.descriptor.digest).toBe(set.descriptor.digest);
    expect(back.images[0]?.platform).toEqual({ os: "linux", architecture: "amd64" });
    for (const [index, layer] of (back.images[0]?.layers ?? []).entries()) {
      const original = set.images[0]?.layers[index];
      expect(original && (await bytesOf(layer)).equals(await bytesOf(original))).toBe(true);
    }

    const source = `docker://${formatReference(at("read/back:v1"))}`;
    const seen = await execa("skopeo", ["inspect", "--tls-verify=false", "--format", "{{.Digest}}", source]);
    expect(seen.stdout).toBe(set.descriptor.digest);
    const directory = await folder();
    await execa("skopeo", ["copy", "-q", "--src-tls-verify=false", source, `oci:${directory}/image:v1`]);
    await execa("umoci", [
      "unpack",
      "--rootless",
      "--image",
      `${directory}/image:v1`,
      `${directory}/unpacked`,
    ]);
    expect(await readFile(`${directory}/unpacked/rootfs/a.txt`, "utf8")).toBe("alpha");
  });

  it("takes an index of several platforms, and gives only the wanted one", async () => {
    const set = await sampleSet([sampleLayer("a")], ["amd64", "arm64"]);
    const { registry, requests } = recorded();
    await registry.write(set, at("platforms:v1"));
    requests.length = 0;
    const back = await registry.read(
      at("platforms:v1"),
      undefined,
      ({ architecture }) => architecture === "arm64",
    );
    expect(back.images.map(({ platform }) => platform.architecture)).toEqual(["arm64"]);
    expect(requests).toHaveLength(2);
    await expect(registry.write(back, at("elsewhere:v1"))).rejects.toMatchObject({
      code: "incomplete_image",
    });
  });

  it("mounts a base's layers, and reads none of them", async () => {
    const base = await sampleSet([sampleLayer("base1"), sampleLayer("base2")]);
    await recorded().registry.write(base, at("bases/node:1"));
    const { registry, requests } = recorded();
    const layers = (await registry.read(at("bases/node:1"))).images[0]?.layers ?? [];
    const added = sampleLayer("bundle");
    const baked = imageOn(await sampleSet([...(base.images[0]?.layers ?? []), added]), [...layers, added]);
    requests.length = 0;
    await registry.write(baked, at("apps/mounted:v1"));
    expect(requests.filter((request) => request.startsWith("GET"))).toEqual([]);
    expect(requests.filter((request) => request === "PUT /v2/apps/mounted/blobs/uploads/*")).toHaveLength(2);
    const back = await recorded().registry.read(at("apps/mounted:v1"));
    expect(await bytesOf(layerAt(back, 0))).toEqual(await bytesOf(layerAt(base, 0)));
  });

  it("is asked once for an unchanged image, and three times for a further tag", async () => {
    const set = await sampleSet([sampleLayer("a"), sampleLayer("b"), sampleLayer("c")], ["amd64", "arm64"]);
    await recorded().registry.write(set, at("warm:v1"));
    const { registry, requests } = recorded();
    await registry.write(set, at("warm:v1"));
    expect(requests).toEqual(["HEAD /v2/warm/manifests/v1"]);
    requests.length = 0;
    await registry.write(set, at("warm:v2"));
    expect(requests).toEqual([
      "HEAD /v2/warm/manifests/v2",
      expect.stringMatching("^HEAD /v2/warm/manifests/sha256:"),
      "PUT /v2/warm/manifests/v2",
    ]);
    expect((await registry.read(at("warm:v2"))).descriptor.digest).toBe(set.descriptor.digest);
  });

  it("is written to by digest alone", async () => {
    const set = await sampleSet([sampleLayer("a")]);
    const { digest } = set.descriptor;
    const { registry } = recorded();
    await registry.write(set, at(`untagged@${digest}`));
    expect((await registry.read(at(`untagged@${digest}`))).descriptor.digest).toBe(digest);
    await expect(registry.read(at("untagged"))).rejects.toMatchObject({ code: "image_not_found" });
    const other = await sampleSet([sampleLayer("b")]);
    await expect(registry.write(other, at(`untagged@${digest}`))).rejects.toMatchObject({
      code: "digest_mismatch",
    });
  });

  it("has no image that was never pushed", async () => {
    await expect(recorded().registry.read(at("nothing:v1"))).rejects.toMatchObject({
      code: "image_not_found",
    });
  });
});

await describeWith(["registry"], "a real registry that asks for a password", () => {
  let server: Registry;
  beforeAll(async () => {
    server = await startRegistry({ auth: true });
    return () => server.stop();
  });
  const client = (password: string) =>
    createRegistry({
      env: {},
      credentials: async () => ({ kind: "password", username: registryUser.name, password }),
    });

  it("lets in who has it", async () => {
    const set = await sampleSet([sampleLayer("a", randomBytes(100_000))]);
    const reference = parseReference(`${server.host}/private:v1`);
    await client(registryUser.password).write(set, reference);
    const back = await client(registryUser.password).read(reference);
    expect((await bytesOf(layerAt(back, 0))).byteLength).toBe(layerAt(set, 0).descriptor.size);
  });

  it("refuses who has the wrong one, and who has none, and says how to log in", async () => {
    const reference = parseReference(`${server.host}/private:v1`);
    await expect(client("wrong").read(reference)).rejects.toMatchObject({ code: "registry_denied" });
    const anonymous = createRegistry({ env: {}, credentials: async () => undefined });
    await expect(anonymous.read(reference)).rejects.toMatchObject({
      code: "registry_denied",
      hint: expect.stringContaining(`docker login ${server.host}`),
    });
  });
});

const layerAt = (set: ImageSet, index: number) => {
  const layer = set.images[0]?.layers[index];
  if (layer === undefined) throw new Error("no such layer");
  return layer;
};

/** The same image with its layers read from elsewhere. */
const imageOn = (set: ImageSet, layers: ImageSet["images"][number]["layers"]): ImageSet => ({
  ...set,
  images: set.images.map((image) => ({ ...image, layers })),
});
