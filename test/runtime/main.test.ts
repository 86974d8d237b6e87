import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Manifest } from "../../schema/manifest.ts";
import { digestOf } from "../../src/core/digest.ts";
import { tarOf } from "../../src/core/tar.ts";
import { freePort } from "../services/port.ts";
import { bridgeDirectory, readiness, run, untilReady, useBridgeFile } from "./bridge-process.ts";
import { TestIssuer } from "./issuer.ts";
import { manifestOf } from "./manifest.ts";
import { notesDatabase, post } from "./serve.ts";

useBridgeFile();

const slow = (seconds: number): Manifest["logic"] => ({
  slow: {
    kind: "sql",
    access: "public",
    params: {},
    connection: "main",
    returns: "value",
    statements: [
      {
        sql: `select 7 as n from pg_sleep(${seconds})`,
        bindings: [],
        types: [],
        result: [{ name: "n", type: "integer" }],
      },
    ],
  },
});

describe("a start", () => {
  it("serves calls with tokens of a real issuer, with no more rights than to read its bundle", async () => {
    const { url: DATABASE_URL } = await notesDatabase();
    const issuer = await TestIssuer.start();
    onTestFinished(() => issuer.stop());
    const token = await issuer.sign(await issuer.addKey("a"), "a");
    const server = { ...manifestOf().server, lameduckMs: 1 };
    const bridge = await run(manifestOf({ issuers: [issuer.declared], server }), {
      DATABASE_URL,
      NODE_ENV: "production",
    });
    await untilReady(bridge);
    const select = JSON.stringify({ path: "db/main/notes/select", params: { where: { id: 1 } } });
    const permitted = await post(bridge.url, select, { authorization: `Bearer ${token}` });
    expect(permitted).toMatchObject({ status: 200, body: { data: [{ id: 1, body: "one" }] } });
    const refused = await post(bridge.url, select, { authorization: `Bearer ${token}x` });
    expect(refused).toMatchObject({ status: 401, body: { error: { code: "invalid_token" } } });
    expect(refused.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
    expect((await post(bridge.url, select)).headers.get("www-authenticate")).toBe("Bearer");
    bridge.child.kill("SIGTERM");
    expect(await bridge.ended).toBe(0);
    const calls = bridge.lines.filter(({ msg }) => msg === "call");
    expect(calls).toHaveLength(3);
    expect(calls[0]).toMatchObject({ level: "info", path: "db/main/notes/select", status: 200 });
    expect(bridge.output()).not.toContain(token);
    expect(bridge.output()).not.toContain(new URL(DATABASE_URL).password);
  });

  it("shows modules no variable but those that they name", async () => {
    const { url: DATABASE_URL } = await notesDatabase();
    const file = path.join(bridgeDirectory(), "leak.mjs");
    await writeFile(
      file,
      "export default (_, { env }) => ({ env, all: Object.values(process.env).join(), report: typeof process.report });",
    );
    const module: Manifest["logic"][string] = {
      kind: "module",
      access: "public",
      params: {},
      connection: "main",
      file: "../leak.mjs",
      env: ["TOLD"],
    };
    const bridge = await run(manifestOf({ logic: { leak: module } }), {
      DATABASE_URL,
      TOLD: "told",
      CLOUD_SECRET: "not told",
      PGPASSWORD: "nor this",
      TZ: "UTC",
    });
    await untilReady(bridge);
    const { body } = await post(bridge.url, JSON.stringify({ path: "leak" }));
    expect(body).toEqual({ data: { env: { TOLD: "told" }, all: "UTC", report: "undefined" } });
  });

  it.each([
    ["without MANIFEST_PATH", manifestOf(), { MANIFEST_PATH: "" }, "invalid_variable", /MANIFEST_PATH/],
    ["with a port that is none", manifestOf(), { PORT: "many" }, "invalid_variable", /PORT/],
    ["without a manifest", undefined, {}, "manifest_unreadable", /ENOENT/],
    ["with a manifest that is no JSON", "{", {}, "invalid_manifest", /JSON/],
    ["with a manifest that lacks a part", { formatVersion: 2 }, {}, "invalid_manifest", /santokit/],
    [
      "with a manifest of tomorrow",
      { formatVersion: 3 },
      {},
      "unsupported_format",
      /version 3; this Bridge reads version 2/,
    ],
    [
      "without its variables",
      manifestOf({
        environment: [
          { name: "DATABASE_URL", usedBy: ["config/connections.yaml"] },
          { name: "PAGER_URL", usedBy: ["logic/page.ts"] },
        ],
      }),
      {},
      "missing_variables",
      /DATABASE_URL \(config\/connections.yaml\), PAGER_URL \(logic\/page.ts\)/,
    ],
    [
      "with authentication disabled in production",
      manifestOf(),
      { DATABASE_URL: "postgres://a:b@c/d", STK_DISABLE_AUTH: "true", NODE_ENV: "production" },
      "development_only",
      /STK_DISABLE_AUTH/,
    ],
    [
      "with development keys in production",
      manifestOf(),
      { DATABASE_URL: "postgres://a:b@c/d", STK_DEV_JWKS: '{"keys":[]}', STK_ENV: "prod" },
      "development_only",
      /STK_DEV_JWKS/,
    ],
    [
      "with a URL of another database",
      manifestOf(),
      { DATABASE_URL: "mysql://a:hunter2@b/c" },
      "invalid_connection",
      /main/,
    ],
  ] as const)("%s ends at once and says why", async (_, manifest, environment, code, reason) => {
    const bridge = await run(manifest, environment);
    expect(await bridge.ended).toBe(1);
    expect(bridge.lines).toHaveLength(1);
    expect(bridge.lines[0]).toMatchObject({ level: "fatal", code, reason: expect.stringMatching(reason) });
    expect(bridge.output()).not.toMatch(/hunter2|\n\s+at /);
  });

  it("says what to upgrade", async () => {
    const newer = await run({ formatVersion: 3 }, {});
    await newer.ended;
    expect(newer.lines[0]?.hint).toMatch(/Upgrade the Bridge/);
    const older = await run({ formatVersion: 1 }, {});
    await older.ended;
    expect(older.lines[0]?.hint).toMatch(/Upgrade the bundle/);
  });

  it("says where to mount a certificate that it may not read", async () => {
    const outside = await mkdtemp(path.join(tmpdir(), "santokit-ca-"));
    onTestFinished(() => rm(outside, { recursive: true }));
    const file = path.join(outside, "ca.pem");
    await writeFile(file, "-----BEGIN CERTIFICATE-----");
    const url = `postgres://ada@127.0.0.1:1/shop?sslmode=verify-full&sslrootcert=${file}`;
    const bridge = await run(manifestOf(), { DATABASE_URL: url });
    await expect
      .poll(() => bridge.output(), { timeout: 10_000 })
      .toContain("mount sslrootcert, sslcert and sslkey below /etc/ssl");
    expect(bridge.output()).not.toContain(outside);
  });

  it("goes on without its database, and never ends for it", async () => {
    const DATABASE_URL = `postgres://postgres:hunter2@127.0.0.1:${await freePort()}/x`;
    const bridge = await run(manifestOf(), { DATABASE_URL });
    await expect.poll(() => readiness(bridge.url), { timeout: 5_000, interval: 20 }).toBe(503);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(bridge.child.exitCode).toBeNull();
    expect((await fetch(`${bridge.url}/healthz`)).status).toBe(200);
    expect(bridge.output()).not.toContain("hunter2");
  });
});

describe("a bundle whose digest is known", () => {
  const module = { "logic/a.mjs": "export default () => 1;" };
  const logic: Manifest["logic"] = {
    a: {
      kind: "module",
      access: "public",
      params: {},
      connection: "main",
      file: "logic/a.mjs",
      env: [],
    },
  };
  const text = JSON.stringify(manifestOf({ logic }));
  const files = { "manifest.json": text, ...module };
  const STK_BUNDLE_DIGEST = digestOf(
    tarOf(
      Object.entries(files).map(([path, content]) => ({ path, content: Buffer.from(content) })),
      { mtime: new Date(0) },
    ),
  );
  const environment = { DATABASE_URL: "postgres://a@127.0.0.1:1/b", STK_BUNDLE_DIGEST, STK_RELEASE: "v1" };

  it("is served as it was baked, and every line says which it is", async () => {
    const bridge = await run(text, environment, { ...module, "logic/older.mjs": "never read" });
    await expect.poll(() => readiness(bridge.url), { timeout: 10_000, interval: 20 }).toBe(503);
    const process = { bundle: STK_BUNDLE_DIGEST, release: "v1", replica: hostname() };
    await expect.poll(() => bridge.lines.length, { interval: 20 }).toBeGreaterThan(0);
    for (const line of bridge.lines) expect(line).toMatchObject(process);
  });

  it.each([
    ["a manifest that gives more", JSON.stringify(manifestOf({ logic, roles: ["admin", "editor"] })), module],
    ["a module that does something else", text, { "logic/a.mjs": "export default () => 2;" }],
    ["a module less", text, {}],
    ["a source map that is another", text, { ...module, "maps/logic/a.mjs.map": "{}" }],
  ])("is not served with %s", async (_, manifest, others) => {
    const bridge = await run(manifest, environment, others);
    expect(await bridge.ended).toBe(1);
    expect(bridge.lines).toEqual([expect.objectContaining({ level: "fatal", code: "bundle_changed" })]);
  });
});

describe("the end", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "by %s lets calls finish, and takes no new ones",
    async (signal) => {
      const { url: DATABASE_URL } = await notesDatabase();
      const bridge = await run(manifestOf({ logic: slow(0.7) }), { DATABASE_URL });
      await untilReady(bridge);
      const running = post(bridge.url, '{"path":"slow"}');
      await new Promise((resolve) => setTimeout(resolve, 200));
      bridge.child.kill(signal);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await expect(fetch(`${bridge.url}/healthz`, { headers: { connection: "close" } })).rejects.toThrow();
      const { status, body, headers } = await running;
      expect({ status, body }).toEqual({ status: 200, body: { data: 7 } });
      expect(headers.get("connection")).toBe("close");
      expect(await bridge.ended).toBe(0);
      expect(bridge.lines.some(({ msg, level }) => msg === "call" && level === "info")).toBe(true);
    },
  );

  it("waits no longer than it may", async () => {
    const { url: DATABASE_URL } = await notesDatabase();
    const { limits } = manifestOf().server;
    const server = { limits: { ...limits, timeMs: 60_000 }, drainMs: 300 };
    const bridge = await run(manifestOf({ logic: slow(4), server }), { DATABASE_URL });
    await untilReady(bridge);
    const running = post(bridge.url, '{"path":"slow"}');
    await new Promise((resolve) => setTimeout(resolve, 200));
    const started = performance.now();
    bridge.child.kill("SIGTERM");
    expect((await running).status).toBe(504);
    expect(await bridge.ended).toBe(0);
    expect(performance.now() - started).toBeLessThan(3_500);
  });

  it("comes to idle connections at once", async () => {
    const { url: DATABASE_URL } = await notesDatabase();
    const bridge = await run(manifestOf(), { DATABASE_URL });
    await untilReady(bridge);
    const started = performance.now();
    bridge.child.kill("SIGTERM");
    expect(await bridge.ended).toBe(0);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
