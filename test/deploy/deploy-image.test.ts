import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBundle } from "../../src/bundle/bundle.ts";
import { compileProject } from "../../src/compile/compile-project.ts";
import { digestOf } from "../../src/core/digest.ts";
import { deployImage } from "../../src/deploy/deploy-image.ts";
import { inspect } from "../../src/deploy/inspect.ts";
import { imageSetOf } from "../../src/oci/assemble.ts";
import { openLayout } from "../../src/oci/layout.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { readProject } from "../../src/project/read-project.ts";
import { describeWith } from "../services/needs.ts";
import { type Registry, startRegistry } from "../services/registry.ts";
import { contextOf, writeProject } from "./project.ts";
import { amd64, arm64, attestation, baseImage } from "./stand-in-base.ts";

const base = imageSetOf([baseImage(amd64), attestation(), baseImage(arm64)]);

async function projectWithBase(changes?: Record<string, string>) {
  const root = writeProject(changes);
  await openLayout(join(root, "base")).write(base, parseReference("base:1"));
  return root;
}

describe("deployImage", () => {
  let root: string;
  beforeAll(async () => {
    root = await projectWithBase();
  });
  const deploy = (request: object) =>
    deployImage({ root, tags: ["notes:v1"], base: "oci:base", ...request }, contextOf(root));

  it("keeps an image without a registry in the project's store, where no engine answers", async () => {
    const deployment = await deploy({});
    expect(deployment).toMatchObject({
      references: ["notes:v1"],
      platforms: ["linux/amd64", "linux/arm64/v8"],
      base: { digest: base.descriptor.digest },
      destinations: [{ kind: "store", name: "notes:v1" }],
    });
    const stored = await openLayout(join(root, ".stk", "images")).read(parseReference("notes:v1"));
    expect(stored.descriptor.digest).toBe(deployment.digest);
  });

  it("gives the same digest again, under another tag, in another place, and with --dry-run", async () => {
    const first = await deploy({});
    const others = await Promise.all([
      deploy({ tags: ["notes:v2"] }),
      deploy({ wish: { kind: "layout", path: join(root, "out") } }),
      deploy({ wish: { kind: "archive", path: join(root, "out.tar") } }),
      deploy({ dryRun: true }),
    ]);
    for (const { digest } of others) expect(digest).toBe(first.digest);
  });

  it("writes nothing with --dry-run", async () => {
    const fresh = await projectWithBase();
    await deployImage({ root: fresh, tags: ["notes:v1"], base: "oci:base", dryRun: true }, contextOf(fresh));
    expect(readdirSync(join(fresh, ".stk"))).not.toContain("images");
  });

  it("takes a bare tag as one of image: in stk.yaml", async () => {
    const named = await projectWithBase({
      "stk.yaml": "name: notes\nimage: registry.example.com/acme/notes\nbase: oci:base\n",
    });
    const deployment = await deployImage({ root: named, tags: ["v1"], dryRun: true }, contextOf(named));
    expect(deployment.destinations).toEqual([
      { kind: "registry", name: "registry.example.com/acme/notes:v1" },
    ]);
  });

  it("shows every problem of a project and bakes nothing", async () => {
    const broken = await projectWithBase({
      "config/permissions.yaml":
        "tables: { noets: { select: { public: true } }, notes: { select: { public: { columns: [titel] } } } }\n",
    });
    const said: string[] = [];
    const attempt = deployImage(
      { root: broken, tags: ["notes:v1"], base: "oci:base" },
      contextOf(broken, said),
    );
    await expect(attempt).rejects.toMatchObject({ code: "invalid_project" });
    expect(said.length).toBeGreaterThan(1);
    expect(readdirSync(join(broken, ".stk"))).not.toContain("images");
  });

  it.each([
    [{ wish: "push" }, "invalid_usage"],
    [{ wish: "load" }, "engine_unavailable"],
    [{ tags: [`notes@sha256:${"0".repeat(64)}`] }, "invalid_usage"],
    [{ tags: ["Notes:v1"] }, "invalid_reference"],
    [{ platforms: ["linux/s390x"] }, "platform_missing"],
    [{ base: "oci:nowhere" }, "image_not_found"],
    [{ base: "nowhere:1" }, "image_not_found"],
    [{ base: "127.0.0.1:1/base:1" }, "registry_unreachable"],
    [{ base: "tar:stk.yaml" }, "image_not_found"],
    [{ base: undefined, platforms: ["linux/s390x"] }, "base_unavailable"],
  ])(
    "refuses %j with %s",
    async (request, code) => {
      await expect(deploy(request)).rejects.toMatchObject({ code });
    },
    30_000,
  );

  it("bakes onto an image in an archive, such as one it wrote", async () => {
    const path = join(root, "base.tar");
    await deploy({ wish: { kind: "archive", path }, platforms: ["linux/amd64"] });
    const deployment = await deploy({ base: "tar:base.tar", dryRun: true });
    expect(deployment.platforms).toEqual(["linux/amd64"]);
  });

  it("names a layout's images where it holds several", async () => {
    const layout = openLayout(join(root, "two"));
    await layout.write(base, parseReference("base:1"));
    await layout.write(imageSetOf([baseImage(amd64)]), parseReference("base:2"));
    await expect(deploy({ base: "oci:two" })).rejects.toMatchObject({ code: "ambiguous_image" });
    expect((await deploy({ base: "oci:two:base:2", dryRun: true })).platforms).toEqual(["linux/amd64"]);
  });

  it("is looked into by inspect, as are the bundle's files", async () => {
    const { digest, bundleDigest } = await deploy({});
    const look = (target: string) => inspect(target, { ...contextOf(root), project: root });
    const inspection = await look("notes:v1");
    expect(inspection).toMatchObject({
      source: "store notes:v1",
      image: { digest, bundleDigest, base: { digest: base.descriptor.digest } },
      release: {
        name: "notes",
        connections: [{ name: "main", urlFrom: "DATABASE_URL", tables: ["notes"] }],
        calls: [{ path: "db/main/notes/select", access: ["public"] }],
        environment: [{ name: "DATABASE_URL" }],
      },
    });
    const bundle = createBundle(await compileProject(await readProject(root)));
    writeFileSync(join(root, "bundle.tgz"), bundle.tarball);
    writeFileSync(
      join(root, "manifest.json"),
      bundle.files.find(({ path }) => path === "manifest.json")?.content ?? "",
    );
    expect((await look("./bundle.tgz")).release).toEqual(inspection.release);
    expect((await look("manifest.json")).release).toEqual(inspection.release);
    await deploy({ wish: { kind: "archive", path: join(root, "image.tar") } });
    expect((await look("tar:image.tar")).image?.digest).toBe(digest);
    expect((await look("oci:base")).release).toBeUndefined();
  });

  it.each([
    ["text", "hello", "invalid_bundle"],
    ["other JSON", "{}", "invalid_bundle"],
    ["a newer manifest", '{"formatVersion":99}', "unsupported_bundle"],
    ["half a manifest", '{"formatVersion":2}', "invalid_bundle"],
  ])("inspect refuses %s", async (_, text, code) => {
    writeFileSync(join(root, "strange.json"), text);
    await expect(inspect("strange.json", { ...contextOf(root), project: root })).rejects.toMatchObject({
      code,
    });
  });
});

await describeWith(["registry", "skopeo", "umoci"], "deployImage to a registry", () => {
  let registry: Registry;
  let root: string;
  beforeAll(async () => {
    registry = await startRegistry();
    root = await projectWithBase({ "logic/hello.sql": "---\naccess: public\n---\nselect 1 as one\n" });
    await contextOf(root).places.registry.write(base, parseReference(`${registry.host}/base:1`));
  }, 30_000);
  afterAll(() => registry.stop());

  const deploy = (request: object = {}) =>
    deployImage(
      { root, tags: [`${registry.host}/notes:v1`], base: `${registry.host}/base:1`, ...request },
      contextOf(root),
    );
  const insecure = "--tls-verify=false";

  it("pushes what skopeo finds under the printed digest, with its labels", async () => {
    const { digest, bundleDigest } = await deploy();
    const { stdout } = await execa("skopeo", ["inspect", insecure, `docker://${registry.host}/notes:v1`]);
    const seen = JSON.parse(stdout);
    expect(seen.Labels).toMatchObject({
      "org.opencontainers.image.title": "notes",
      "org.opencontainers.image.base.name": `${registry.host}/base:1`,
      "org.opencontainers.image.base.digest": base.descriptor.digest,
      "dev.santokit.bundle.digest": bundleDigest,
    });
    const raw = await execa("skopeo", [
      "inspect",
      "--raw",
      insecure,
      `docker://${registry.host}/notes@${digest}`,
    ]);
    const platforms = JSON.parse(raw.stdout).manifests.map((one: { platform: object }) => one.platform);
    expect(platforms).toEqual([amd64, arm64]);
  });

  it("downloads no layer of the base", async () => {
    const before = registry.log().length;
    await deploy({ tags: [`${registry.host}/other:v1`] });
    const log = registry.log().slice(before);
    const layers = base.images.flatMap((image) => image.layers.map(({ descriptor }) => descriptor.digest));
    expect(log).toContain("/v2/base/manifests/1");
    for (const digest of layers) expect(log).not.toMatch(new RegExp(`GET /v2/[^ ]*/blobs/${digest}`));
  });

  it("makes layers that umoci unpacks to the bundle's files", async () => {
    await deploy({ platforms: ["linux/amd64"], tags: [`${registry.host}/one:v1`] });
    const layout = join(root, "pulled");
    await execa("skopeo", [
      "copy",
      "--src-tls-verify=false",
      `docker://${registry.host}/one:v1`,
      `oci:${layout}:v1`,
    ]);
    await execa("umoci", ["unpack", "--rootless", "--image", `${layout}:v1`, join(root, "unpacked")]);
    const { files } = createBundle(await compileProject(await readProject(root)));
    const place = join(root, "unpacked", "rootfs", "santokit", "bundle");
    const found = readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(found.length).toBe(files.length);
    for (const { path, content } of files)
      expect(readFileSync(join(place, path))).toEqual(Buffer.from(content));
  });

  it("serves several tags with one digest", async () => {
    const tags = ["v2", "latest"].map((tag) => `${registry.host}/notes:${tag}`);
    const { digest } = await deploy({ tags });
    for (const tag of tags) {
      const raw = await execa("skopeo", ["inspect", "--raw", insecure, `docker://${tag}`], {
        stripFinalNewline: false,
      });
      expect(digestOf(raw.stdout)).toBe(digest);
    }
  });

  it("says what a base in the registry lacks", async () => {
    await expect(deploy({ platforms: ["linux/s390x"] })).rejects.toMatchObject({ code: "platform_missing" });
    await expect(deploy({ base: `${registry.host}/base:2` })).rejects.toMatchObject({
      code: "image_not_found",
    });
  });
});
