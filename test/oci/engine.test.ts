import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { imageOf, imageSetOf } from "../../src/oci/assemble.ts";
import { connectEngine, type Engine } from "../../src/oci/engine.ts";
import type { Blob, ImageSet } from "../../src/oci/image.ts";
import { formatReference, parseReference, type Reference } from "../../src/oci/reference.ts";
import { describeWith } from "../services/needs.ts";
import { bytesOf, sampleLayer, sampleSet } from "./sample.ts";

const folder = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), "santokit-engine-test-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
};

/** The engine of this machine, with a cache of its own. */
async function engine(): Promise<Engine> {
  const found = await connectEngine({ env: { XDG_CACHE_HOME: await folder() }, timeout: 5_000 });
  if (found === undefined) throw new Error("no engine");
  return found;
}

let count = 0;
/** A name that no other test has; what has it is removed at the end. */
function name(tag = "v1"): Reference {
  const reference = parseReference(`santokit-test-${process.pid}-${count++}:${tag}`);
  onTestFinished(async () => {
    await execa("docker", ["rmi", "-f", formatReference(reference)], { reject: false });
  });
  return reference;
}

/** Counts how often each layer is read. */
function watched(layers: readonly Blob[]): { layers: Blob[]; reads: number[] } {
  const reads = layers.map(() => 0);
  return {
    reads,
    layers: layers.map((layer, index) => ({
      ...layer,
      open: (signal) => {
        reads[index] = (reads[index] ?? 0) + 1;
        return layer.open(signal);
      },
    })),
  };
}

const withLayers = (set: ImageSet, layers: readonly Blob[]): ImageSet => ({
  ...set,
  images: set.images.map((image) => ({ ...image, layers })),
});

const inspect = async (reference: Reference) => {
  const { stdout } = await execa("docker", ["image", "inspect", formatReference(reference)]);
  return JSON.parse(stdout)[0];
};

await describeWith(["engine"], "a Docker engine", () => {
  it("takes an image, and has it under its config's digest", async () => {
    const set = await sampleSet([sampleLayer("a"), sampleLayer("b")]);
    const reference = name();
    const docker = await engine();
    expect(await docker.inspect(reference)).toBeUndefined();
    await docker.write(set, reference);
    expect((await inspect(reference)).Id).toBe(set.images[0]?.config.descriptor.digest);
    expect((await docker.inspect(reference))?.Id).toBe(set.images[0]?.config.descriptor.digest);
  });

  it("is not sent the layers that it has, and has the whole image all the same", async () => {
    const docker = await engine();
    const base = [sampleLayer("base1", randomBytes(50_000)), sampleLayer("base2")];
    const before = name();
    await docker.write(await sampleSet(base), before);
    const added = sampleLayer("added", "what was added");
    const { layers, reads } = watched([...base, added]);
    const reference = { ...before, tag: "next" };
    await docker.write(withLayers(await sampleSet([...base, added]), layers), reference);
    expect(reads).toEqual([0, 0, 1]);

    const directory = await folder();
    await execa("docker", ["save", "-o", `${directory}/image.tar`, formatReference(reference)]);
    await execa("skopeo", ["copy", "-q", `docker-archive:${directory}/image.tar`, `dir:${directory}/image`]);
    const files = await readdir(`${directory}/image`);
    for (const layer of [...base, added]) expect(files).toContain(layer.descriptor.digest.slice(7));
  });

  it("is only told the new name of an image that it has", async () => {
    const docker = await engine();
    const set = await sampleSet([sampleLayer("a")]);
    await docker.write(set, name());
    const { layers, reads } = watched(set.images[0]?.layers ?? []);
    const second = name("v2");
    await docker.write(withLayers(set, layers), second);
    expect(reads).toEqual([0]);
    expect((await inspect(second)).Id).toBe(set.images[0]?.config.descriptor.digest);
  });

  it("takes of several platforms its own", async () => {
    const docker = await engine();
    const reference = name();
    await docker.write(await sampleSet([sampleLayer("a")], ["arm64", "s390x", "amd64"]), reference);
    expect((await inspect(reference)).Architecture).toBe(docker.platform.architecture);
  });

  it("gives an image that only it has, layer for layer, and is asked for it once", async () => {
    const docker = await engine();
    const set = await sampleSet([sampleLayer("a", randomBytes(200_000)), sampleLayer("b")]);
    const reference = name();
    await docker.write(set, reference);
    const back = await docker.read(reference);
    expect(back.images[0]?.config.descriptor.digest).toBe(set.images[0]?.config.descriptor.digest);
    for (const [index, layer] of (back.images[0]?.layers ?? []).entries()) {
      const original = set.images[0]?.layers[index];
      expect(original && (await bytesOf(layer)).equals(await bytesOf(original))).toBe(true);
    }
    expect((await docker.read(reference)).descriptor).toEqual(back.descriptor);
  });

  it("has no image that nobody gave it", async () => {
    await expect((await engine()).read(name())).rejects.toMatchObject({ code: "image_not_found" });
  });

  it("keeps nothing of an image whose layer is not what it says", async () => {
    const docker = await engine();
    const set = await sampleSet([sampleLayer("a")]);
    const lying = (set.images[0]?.layers ?? []).map(({ descriptor }) => ({
      descriptor,
      async *open() {
        yield Buffer.alloc(descriptor.size, 1);
      },
    }));
    const reference = name();
    await expect(docker.write(withLayers(set, lying), reference)).rejects.toMatchObject({
      code: "digest_mismatch",
    });
    expect(await docker.inspect(reference)).toBeUndefined();
  });

  it("says what is wrong with an image that it does not take", async () => {
    const set = await sampleSet([sampleLayer("a")]);
    const config = Buffer.from(
      JSON.stringify({ os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: [] } }),
    );
    const image = imageOf({
      platform: { os: "linux", architecture: "amd64" },
      config,
      layers: set.images[0]?.layers ?? [],
    });
    await expect((await engine()).write(imageSetOf([image]), name())).rejects.toMatchObject({
      code: "engine_failed",
      message: expect.stringContaining("layers"),
    });
  });
});

await describeWith(["engine"], "a container", () => {
  let image: string;
  // Node with its libraries, made of this machine's, so that nothing has to be downloaded.
  beforeAll(async () => {
    const directory = await mkdtemp(join(tmpdir(), "santokit-shell-"));
    image = `santokit-test-shell-${process.pid}:v1`;
    const libraries = (await execa("ldd", [process.execPath])).stdout.match(/\/\S+/g) ?? [];
    await execa("cp", ["-L", "--parents", ...libraries, directory], { shell: false });
    await execa("cp", [process.execPath, `${directory}/node`]);
    const script = `
      const fs = require("fs");
      const tries = (act) => { try { act(); return "yes"; } catch (error) { return error.code; } };
      console.log(JSON.stringify({ uid: process.getuid(), greeting: process.env.GREETING,
        writes: tries(() => fs.writeFileSync("/x", "")),
        status: fs.readFileSync("/proc/self/status", "utf8").match(/(CapEff|NoNewPrivs):\\s*\\S+/g),
        hosts: /host.docker.internal/.test(fs.readFileSync("/etc/hosts", "utf8")) }));
      console.error("to standard error");
      require("http").createServer((_, response) => response.end("served")).listen(process.env.PORT);
      process.on("SIGTERM", () => process.exit(7));`;
    await writeFile(`${directory}/main.cjs`, script);
    const change = ['ENTRYPOINT ["/node", "/main.cjs"]', "USER 65532:65532"].flatMap((line) => ["-c", line]);
    await execa(
      `tar -C ${directory} -c . | docker import ${change.map((part) => `'${part}'`).join(" ")} - ${image}`,
      { shell: true },
    );
    await rm(directory, { recursive: true });
    return async () => {
      await execa("docker", ["rmi", "-f", image], { reject: false });
    };
  });

  it("runs with nothing that it does not need, is reached on a loopback port, and ends when it is told", async () => {
    const container = await (await engine()).start({
      image,
      env: { GREETING: "a=b c", PORT: "8080" },
      port: 8080,
      network: "bridge",
    });
    onTestFinished(() => container.remove());
    const url = `http://${container.address.host}:${container.address.port}`;
    const { stdout, stderr } = await readUntil(container.logs(), "to standard error");
    expect(JSON.parse(stdout)).toEqual({
      uid: 65_532,
      greeting: "a=b c",
      writes: "EROFS",
      status: ["CapEff:\t0000000000000000", "NoNewPrivs:\t1"],
      hosts: true,
    });
    expect(stderr).toBe("to standard error\n");
    await expect
      .poll(() =>
        fetch(url).then(
          (answer) => answer.text(),
          () => "",
        ),
      )
      .toBe("served");
    const ended = container.wait();
    await container.stop(5_000);
    expect(await ended).toBe(7);
    await container.stop(1_000);
    await container.remove();
    await container.remove();
    expect((await execa("docker", ["ps", "-aq", "--no-trunc"])).stdout).not.toContain(container.id);
  });

  it("is on this machine's network where that is asked for", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await new Promise((resolve) => server.close(resolve));
    const container = await (await engine()).start({
      image,
      env: { PORT: String(port) },
      port,
      network: "host",
    });
    onTestFinished(() => container.remove());
    expect(container.address.port).toBe(port);
    await expect
      .poll(() =>
        fetch(`http://127.0.0.1:${port}`).then(
          (answer) => answer.text(),
          () => "",
        ),
      )
      .toBe("served");
  });

  it("whose logs are no longer wanted is left running", async () => {
    const container = await (await engine()).start({
      image,
      env: { PORT: "8080" },
      port: 8080,
      network: "bridge",
    });
    onTestFinished(() => container.remove());
    const stop = new AbortController();
    const reading = (async () => {
      for await (const _ of container.logs(stop.signal)) stop.abort();
    })();
    await expect(reading).resolves.toBeUndefined();
    const state = await execa("docker", ["inspect", "--format", "{{.State.Running}}", container.id]);
    expect(state.stdout).toBe("true");
  });

  it("of an image that is not there is not started", async () => {
    const request = { image: "santokit-test-nothing:v1", env: {}, port: 80, network: "bridge" } as const;
    await expect((await engine()).start(request)).rejects.toMatchObject({
      code: "engine_failed",
      details: { status: 404 },
    });
  });

  it("that cannot listen where it is to be reached leaves nothing behind", async () => {
    const first = await (await engine()).start({
      image,
      env: { PORT: "8080" },
      port: 8080,
      network: "bridge",
    });
    onTestFinished(() => first.remove());
    const label = `dev.santokit.test-${process.pid}`;
    const second = (await engine()).start({
      image,
      env: { PORT: "8080" },
      port: 8080,
      hostPort: first.address.port,
      network: "bridge",
      labels: { [label]: "yes" },
    });
    await expect(second).rejects.toMatchObject({ code: "engine_failed" });
    expect((await execa("docker", ["ps", "-aq", "--filter", `label=${label}`])).stdout).toBe("");
  });
});

async function readUntil(
  logs: AsyncIterable<{ stream: "stdout" | "stderr"; content: Uint8Array }>,
  end: string,
) {
  const text = { stdout: "", stderr: "" };
  for await (const { stream, content } of logs) {
    text[stream] += Buffer.from(content).toString("utf8");
    if (text.stderr.includes(end) && text.stdout.endsWith("\n")) break;
  }
  return text;
}

describe("where no engine answers", () => {
  it("there is none, within a second", async () => {
    const silent = createServer(() => {}).listen(join(await folder(), "docker.sock"));
    onTestFinished(() => {
      silent.close();
    });
    const started = performance.now();
    const hosts = [`unix://${silent.address()}`, "unix:///nowhere.sock", "tcp://127.0.0.1:1"];
    for (const host of hosts) {
      expect(await connectEngine({ env: { DOCKER_HOST: host }, timeout: 300 })).toBeUndefined();
    }
    expect(performance.now() - started).toBeLessThan(2_500);
  });

  it.each(["ssh://host", "nonsense", "tcp://"])(
    "an address such as %s is refused with what to write",
    async (host) => {
      await expect(connectEngine({ env: { DOCKER_HOST: host } })).rejects.toMatchObject({
        code: "invalid_docker_host",
      });
    },
  );

  it("who asks for encryption is not connected without it", async () => {
    const env = {
      DOCKER_HOST: "tcp://127.0.0.1:1",
      DOCKER_TLS_VERIFY: "1",
      DOCKER_CERT_PATH: await folder(),
    };
    await expect(connectEngine({ env })).rejects.toMatchObject({ code: "invalid_docker_host" });
  });
});
