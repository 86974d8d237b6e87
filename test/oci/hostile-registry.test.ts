import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Credentials } from "../../src/oci/credentials.ts";
import type { HttpAnswer } from "../../src/oci/http.ts";
import type { ImageSet } from "../../src/oci/image.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { createRegistry, type RegistryOptions } from "../../src/oci/registry.ts";
import { type RegistryDouble, registryDouble } from "./registry-double.ts";
import { bytesOf, sampleLayer, sampleSet } from "./sample.ts";

const password: Credentials = { kind: "password", username: "ann", password: "hunter2" };

/** A client that does not wait between attempts. */
function client(options: Partial<RegistryOptions> = {}) {
  const waits: number[] = [];
  const sleep = async (ms: number) => {
    waits.push(ms);
  };
  const registry = createRegistry({
    env: {},
    credentials: async () => undefined,
    ...options,
    retry: { attempts: 3, sleep, ...options.retry },
    limits: { idleMs: 2_000, ...options.limits },
  });
  return { registry, waits };
}

const ask = (double: RegistryDouble, name = "app:v1") => parseReference(`${double.host}/${name}`);
const failed = (promise: Promise<unknown>) =>
  promise.then(
    () => ({ code: "none" }),
    (error: Error & { code?: string; hint?: string }) => ({
      code: error.code,
      text: `${error.message} ${error.hint}`,
    }),
  );
const status = (response: ServerResponse, code: number, headers: Record<string, string> = {}, body = "") => {
  response.writeHead(code, headers).end(body);
  return true;
};

async function firstLayer(double: RegistryDouble, options?: Partial<RegistryOptions>) {
  const { registry, waits } = client(options);
  const set = await registry.read(ask(double));
  const layer = set.images[0]?.layers[0];
  if (layer === undefined) throw new Error("no layer");
  return { layer, waits };
}

async function holding(set: ImageSet): Promise<RegistryDouble> {
  const double = await registryDouble();
  await client().registry.write(set, ask(double));
  double.requests.length = 0;
  double.headers.length = 0;
  return double;
}

const isLayer = (url: URL, set: ImageSet) =>
  url.pathname.endsWith(String(set.images[0]?.layers[0]?.descriptor.digest));

describe("a registry that is busy", () => {
  it.each([503, 500, 429, 408])("is asked again after %i, when it says so", async (code) => {
    const set = await sampleSet([sampleLayer("a")]);
    const double = await holding(set);
    let refusals = 2;
    double.trouble = (_, response) => refusals-- > 0 && status(response, code, { "retry-after": "7" });
    const { registry, waits } = client();
    await registry.read(ask(double));
    expect(waits).toEqual([7_000, 7_000]);
  });

  it("is left alone after the last attempt", async () => {
    const double = await registryDouble((_, response) => status(response, 503));
    const { registry } = client();
    expect(await failed(registry.read(ask(double)))).toMatchObject({ code: "registry_error" });
    expect(double.requests).toHaveLength(3);
  });

  it("gets a new session for a blob that broke off on its way in", async () => {
    const set = await sampleSet([sampleLayer("a")]);
    let failures = 2;
    const double = await registryDouble((request) => {
      if (request.method !== "PUT" || !request.url?.includes("digest=") || failures-- <= 0) return false;
      request.socket.destroy();
      return true;
    });
    await client().registry.write(set, ask(double));
    expect(double.manifests.has("app@v1")).toBe(true);
    const posts = double.requests.filter((request) => request.startsWith("POST")).length;
    expect(posts).toBe(4);
  });
});

describe("a registry that is not there", () => {
  it("is named, with what to check", async () => {
    const { registry } = client();
    expect(await failed(registry.read(parseReference("127.0.0.1:1234/app:v1")))).toMatchObject({
      code: "registry_unreachable",
      text: expect.stringMatching(/127\.0\.0\.1:1234 cannot be reached: .*ECONNREFUSED/),
    });
  });

  it("is given up when nothing moves", async () => {
    const double = await registryDouble(() => true);
    const { registry } = client({ limits: { idleMs: 50 }, retry: { attempts: 2 } });
    expect(await failed(registry.read(ask(double)))).toMatchObject({ code: "registry_unreachable" });
    expect(double.requests).toHaveLength(2);
  });

  it("is not waited for by who has given up", async () => {
    const double = await registryDouble(() => true);
    const signal = AbortSignal.timeout(50);
    const started = performance.now();
    const error: unknown = await client()
      .registry.read(ask(double), signal)
      .catch((thrown: unknown) => thrown);
    expect(error).toBe(signal.reason);
    expect(performance.now() - started).toBeLessThan(1_500);
    expect(double.requests).toHaveLength(1);
  });
});

describe("what a registry sends", () => {
  it("is taken up where it broke off", async () => {
    const content = randomBytes(600_000);
    const set = await sampleSet([sampleLayer("a", content)]);
    const double = await holding(set);
    let cuts = 2;
    double.trouble = (request, response, url) => {
      if (!isLayer(url, set) || cuts-- <= 0) return false;
      const start = Number(/\d+/.exec(request.headers.range ?? "")?.[0] ?? 0);
      const whole = double.blobs.get(`app@${url.pathname.split("/").at(-1)}`) ?? Buffer.alloc(0);
      response.writeHead(start > 0 ? 206 : 200, { "content-length": whole.length - start });
      response.write(whole.subarray(start, start + 200_000), () => setTimeout(() => response.destroy(), 20));
      return true;
    };
    const { layer } = await firstLayer(double);
    expect((await bytesOf(layer)).includes(content)).toBe(true);
    expect(double.headers.some(({ range }) => /^bytes=[1-9]/.test(range ?? ""))).toBe(true);
  });

  it("comes without a content coding, which would be of other bytes than its digest", async () => {
    const sent = sampleLayer("a");
    const double = await holding(await sampleSet([sent]));
    double.trouble = (request, response, url) => {
      const blob = double.blobs.get(`app@${url.pathname.split("/").at(-1)}`);
      // Where nothing is said, any coding will do (RFC 9110, 12.5.3).
      if (blob === undefined || request.headers["accept-encoding"] === "identity") return false;
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(blob));
      return true;
    };
    const { layer } = await firstLayer(double);
    expect(await bytesOf(layer)).toEqual(await bytesOf(sent));
  });

  it("is refused when it stays cut short", async () => {
    const set = await sampleSet([sampleLayer("a")]);
    const double = await holding(set);
    double.trouble = (_, response, url) => isLayer(url, set) && status(response, 200, {}, "short");
    const { layer } = await firstLayer(double);
    expect(await failed(bytesOf(layer))).toMatchObject({ code: "registry_unreachable" });
  });

  it("is refused when it is something else of the same length", async () => {
    const set = await sampleSet([sampleLayer("a")]);
    const double = await holding(set);
    for (const [key, blob] of double.blobs) double.blobs.set(key, Buffer.alloc(blob.length, 1));
    const { registry } = client();
    expect(await failed(registry.read(ask(double)))).toMatchObject({ code: "digest_mismatch" });
  });

  it("is not read on when it does not end", async () => {
    const set = await sampleSet([sampleLayer("a")]);
    const double = await holding(set);
    let sent = 0;
    double.trouble = (_, response, url) => {
      if (!isLayer(url, set)) return false;
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
      };
      response.writeHead(200).on("drain", more);
      more();
      return true;
    };
    const { layer } = await firstLayer(double);
    expect(await failed(bytesOf(layer))).toMatchObject({ code: "digest_mismatch" });
    expect(sent).toBeLessThan(50_000_000);
  });

  it("is no manifest when it is too long, not JSON, of two kinds, or of another digest", async () => {
    const manifest = "application/vnd.oci.image.manifest.v1+json";
    const two = JSON.stringify({ schemaVersion: 2, config: {}, layers: [], manifests: [] });
    const lying = JSON.stringify({ schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json" });
    for (const [body, code] of [
      [" ".repeat(5_000_000), "invalid_image"],
      ["<html>", "invalid_image"],
      ["{}", "invalid_image"],
      [two, "invalid_image"],
      [lying, "invalid_image"],
    ] as const) {
      const double = await registryDouble((_, response) =>
        status(response, 200, { "content-type": manifest }, body),
      );
      expect(await failed(client().registry.read(ask(double)))).toMatchObject({ code });
    }
    const digest = `sha256:${"0".repeat(64)}`;
    const double = await registryDouble((_, response) =>
      status(response, 200, { "content-type": manifest }, "{}"),
    );
    expect(await failed(client().registry.read(ask(double, `app@${digest}`)))).toMatchObject({
      code: "digest_mismatch",
    });
  });
});

describe("a redirect", () => {
  it("is followed to another host, which is not told who is asking", async () => {
    const set = await sampleSet([sampleLayer("a")]);
    const [double, storage] = [await holding(set), await holding(set)];
    double.trouble = (request, response, url) => {
      if (request.headers.authorization === undefined) {
        return status(response, 401, { "www-authenticate": 'Basic realm="x"' });
      }
      if (!isLayer(url, set)) return false;
      return status(response, 307, { location: `http://${storage.host}${url.pathname}?signature=secret` });
    };
    const { layer } = await firstLayer(double, { credentials: async () => password });
    expect(await bytesOf(layer)).toHaveLength(layer.descriptor.size);
    expect(storage.headers).toHaveLength(1);
    expect(storage.headers[0]?.authorization).toBeUndefined();
  });

  it("cannot lead to a host that asks for the password", async () => {
    const thief = await registryDouble((_, response) =>
      status(response, 401, { "www-authenticate": 'Basic realm="x"' }),
    );
    const double = await registryDouble((request, response) =>
      status(response, 307, { location: `http://${thief.host}${request.url}` }),
    );
    const { registry } = client({ credentials: async () => password });
    expect(await failed(registry.read(ask(double)))).toMatchObject({ code: "registry_denied" });
    expect(thief.headers.map(({ authorization }) => authorization)).toEqual([undefined]);
    expect(double.headers.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it("to and fro has an end", async () => {
    const double = await registryDouble((request, response) =>
      status(response, 302, { location: `${request.url}x` }),
    );
    expect(await failed(client().registry.read(ask(double)))).toMatchObject({ code: "registry_error" });
    expect(double.requests).toHaveLength(6);
  });

  it.each(["file:///etc/passwd", "data:,{}"])("to %s is refused", async (location) => {
    const double = await registryDouble((_, response) => status(response, 302, { location }));
    expect(await failed(client().registry.read(ask(double)))).toMatchObject({ code: "registry_error" });
  });

  it("never takes a body, or the address of an upload, to an unencrypted place from an encrypted one", async () => {
    const answers: Record<string, Omit<HttpAnswer, "body">> = {
      HEAD: { status: 404, headers: {} },
      POST: { status: 202, headers: { location: "http://registry.example/upload" } },
    };
    const asked: string[] = [];
    const registry = createRegistry({
      env: {},
      credentials: async () => password,
      http: async (url, { method }) => {
        asked.push(url.protocol);
        return { status: 500, headers: {}, ...answers[method], body: Readable.from([]) };
      },
    });
    const set = await sampleSet([sampleLayer("a")]);
    expect(await failed(registry.write(set, parseReference("registry.example/app:v1")))).toMatchObject({
      code: "registry_error",
      text: expect.stringContaining("not encrypted"),
    });
    expect(new Set(asked)).toEqual(new Set(["https:"]));
  });

  it("shows no query in an error", async () => {
    const double = await registryDouble((request, response) =>
      request.url?.includes("signature")
        ? status(response, 400)
        : status(response, 307, { location: "/v2/x?signature=hunter2" }),
    );
    const { text } = { text: "", ...(await failed(client().registry.read(ask(double)))) };
    expect(text).toContain("/v2/x answered 400");
    expect(text).not.toContain("hunter2");
  });
});

describe("a mount", () => {
  const refusals: [string, (response: ServerResponse) => boolean][] = [
    ["refused", (response) => status(response, 403)],
    ["unknown", (response) => status(response, 404)],
    ["broken", (response) => status(response, 500)],
    [
      "answered with a session that is none",
      (response) => status(response, 202, { location: "/v2/app/blobs/uploads/9" }),
    ],
    [
      "answered with a session",
      (response) => status(response, 202, { location: "/v2/app/blobs/uploads/9?_state=kept" }),
    ],
  ];
  it.each(refusals)("that is %s is copied from where the layer is", async (_, refuse) => {
    const set = await sampleSet([sampleLayer("a", randomBytes(200_000))]);
    const double = await registryDouble();
    await client().registry.write(set, ask(double, "base:1"));
    const { registry } = client();
    const base = await registry.read(ask(double, "base:1"));
    double.trouble = (_request, response, url) => url.searchParams.has("mount") && refuse(response);
    await registry.write(base, ask(double));
    for (const blob of base.images[0]?.layers ?? [])
      expect(double.blobs.has(`app@${blob.descriptor.digest}`)).toBe(true);
  });

  it("that is refused for a layer which is there already costs no copy", async () => {
    const set = await sampleSet([sampleLayer("a")]);
    const double = await registryDouble();
    await client().registry.write(set, ask(double, "base:1"));
    await client().registry.write(set, ask(double));
    double.manifests.delete("app@v1");
    double.manifests.delete(`app@${set.descriptor.digest}`);
    const { registry } = client();
    const base = await registry.read(ask(double, "base:1"));
    double.trouble = (_request, response, url) => url.searchParams.has("mount") && status(response, 403);
    double.requests.length = 0;
    await registry.write(base, ask(double));
    expect(double.requests.filter((request) => /^(GET|PUT \S+uploads)/.test(request))).toEqual([]);
  });
});

describe("a token service", () => {
  async function guarded(answerToken: (url: URL) => { status: number; body: object }) {
    const set = await sampleSet([sampleLayer("a"), sampleLayer("b")]);
    const double = await holding(set);
    const asked: { url: URL; authorization: string | undefined }[] = [];
    double.trouble = (request, response, url) => {
      if (url.pathname === "/token") {
        asked.push({ url, authorization: request.headers.authorization });
        const { status: code, body } = answerToken(url);
        return status(response, code, {}, JSON.stringify(body));
      }
      if (request.headers.authorization === "Bearer good") return false;
      const challenge = `Bearer realm="http://${double.host}/token",service="the registry"`;
      return status(response, 401, { "www-authenticate": challenge });
    };
    return { double, set, asked };
  }

  it("is asked once for a whole push, with the scopes and the password", async () => {
    const { double, asked } = await guarded(() => ({ status: 200, body: { token: "good" } }));
    const { registry } = client({ credentials: async () => password });
    await registry.write(await sampleSet([sampleLayer("x"), sampleLayer("y")]), ask(double, "team/app:v2"));
    expect(asked).toHaveLength(1);
    expect(asked[0]?.url.searchParams.getAll("scope")).toEqual(["repository:team/app:pull,push"]);
    expect(asked[0]?.url.searchParams.get("service")).toBe("the registry");
    expect(asked[0]?.authorization).toBe(`Basic ${Buffer.from("ann:hunter2").toString("base64")}`);
  });

  it("is asked for the right to mount too, and without it where it refuses that", async () => {
    const { double, asked } = await guarded((url) =>
      url.searchParams.getAll("scope").length > 1
        ? { status: 403, body: {} }
        : { status: 200, body: { access_token: "good" } },
    );
    const { registry } = client();
    const base = await registry.read(ask(double));
    asked.length = 0;
    await registry.write(base, ask(double, "other:v1"));
    expect(asked.map(({ url }) => url.searchParams.getAll("scope"))).toEqual([
      ["repository:other:pull,push", "repository:app:pull"],
      ["repository:other:pull,push"],
    ]);
  });

  it("is asked again after 60 seconds where it names no lifetime", async () => {
    const { double, asked } = await guarded(() => ({ status: 200, body: { token: "good" } }));
    let time = 0;
    const { registry } = client({ now: () => time });
    for (const later of [0, 54_000, 61_000]) {
      time = later;
      await registry.read(ask(double));
    }
    expect(asked).toHaveLength(2);
  });

  it("whose tokens never do is not asked for ever", async () => {
    const { double, asked } = await guarded(() => ({ status: 200, body: { token: "bad" } }));
    const { registry } = client({ credentials: async () => password });
    const outcome = await failed(registry.read(ask(double)));
    expect(outcome).toMatchObject({ code: "registry_denied" });
    expect(JSON.stringify(outcome)).not.toContain("hunter2");
    expect(asked.length).toBeLessThanOrEqual(2);
  });

  it.each([
    ["401", { status: 401, body: {} }, "registry_denied"],
    ["no token", { status: 200, body: {} }, "registry_error"],
    ["a token with a line break", { status: 200, body: { token: "a\r\nhost: b" } }, "registry_error"],
    ["404", { status: 404, body: {} }, "registry_error"],
  ])("that answers with %s lets nobody in", async (_, answer, code) => {
    const { double } = await guarded(() => answer);
    expect(await failed(client().registry.read(ask(double)))).toMatchObject({ code });
  });

  it("that is not encrypted is not told the password", async () => {
    const double = await registryDouble((_, response) =>
      status(response, 401, { "www-authenticate": 'Bearer realm="http://auth.example.com/token"' }),
    );
    const { registry } = client({ credentials: async () => password });
    expect(await failed(registry.read(ask(double)))).toMatchObject({
      code: "registry_error",
      text: expect.stringContaining("not encrypted"),
    });
  });

  it("is given an identity token in a form, and not by a redirect to another host", async () => {
    const elsewhere = await registryDouble();
    const { double } = await guarded(() => ({ status: 200, body: { token: "good" } }));
    const inner = double.trouble;
    let redirects = false;
    double.trouble = (request, response, url) =>
      redirects && url.pathname === "/token"
        ? status(response, 307, { location: `http://${elsewhere.host}/token` })
        : inner(request, response, url);
    const identity: Credentials = { kind: "identity", token: "refresh" };
    await client({ credentials: async () => identity }).registry.read(ask(double));
    expect(double.requests).toContain("POST /token");
    redirects = true;
    const { registry } = client({ credentials: async () => identity });
    expect(await failed(registry.read(ask(double)))).toMatchObject({ code: "registry_error" });
    expect(elsewhere.requests).toEqual([]);
  });
});

it("an error of a registry is shown short and without control characters", async () => {
  const said = JSON.stringify({ errors: [{ code: "NO", message: `\u001b[31m${"x".repeat(5_000)}` }] });
  const double = await registryDouble((_, response) => status(response, 400, {}, said));
  const { text } = { text: "", ...(await failed(client().registry.read(ask(double)))) };
  expect(text).toContain("NO: ");
  expect(text).not.toContain("\u001b");
  expect(text.length).toBeLessThan(600);
});

it("what a registry stores under another digest is not believed to be stored", async () => {
  const double = await registryDouble((request, response, url) =>
    request.method === "PUT" && url.pathname.includes("/blobs/")
      ? status(response, 201, { "docker-content-digest": `sha256:${"0".repeat(64)}` })
      : false,
  );
  const outcome = await failed(client().registry.write(await sampleSet([sampleLayer("a")]), ask(double)));
  expect(outcome).toMatchObject({ code: "digest_mismatch" });
  expect(double.manifests.size).toBe(0);
});

it("need not say under which digest it stores what it is sent", async () => {
  const double = await registryDouble((request, response) =>
    request.method === "PUT" ? status(response, 201, {}) : false,
  );
  await client().registry.write(await sampleSet([sampleLayer("a")]), ask(double));
});

it("is sent four blobs at once, and no more", async () => {
  let busy = 0;
  let most = 0;
  const double = await registryDouble(async (request) => {
    most = Math.max(most, ++busy);
    await new Promise((resolve) => setTimeout(resolve, 5));
    busy--;
    return request.url === undefined;
  });
  const layers = Array.from({ length: 12 }, (_, index) => sampleLayer(`${index}`));
  await client().registry.write(await sampleSet(layers), ask(double));
  expect(most).toBe(4);
});

it("a push that fails half-way tags nothing, and stops", async () => {
  const double = await registryDouble((request, response) =>
    request.method === "PUT" && request.url?.includes("/blobs/") ? status(response, 403) : false,
  );
  const layers = Array.from({ length: 30 }, (_, index) => sampleLayer(`${index}`));
  const outcome = await failed(client().registry.write(await sampleSet(layers), ask(double)));
  expect(outcome).toMatchObject({ code: "registry_denied" });
  expect(double.manifests.size).toBe(0);
  expect(double.requests.length).toBeLessThan(20);
});
