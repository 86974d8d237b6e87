import { hostname } from "node:os";
import { generateKeyPair, type JWTPayload } from "jose";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Manifest } from "../../../schema/manifest.ts";
import { detour } from "../detour.ts";
import { TestIssuer } from "../issuer.ts";
import { manifestOf, notesSql } from "../manifest.ts";
import { notesDatabase, serve, untilReady } from "../serve.ts";

type Line = Record<string, unknown> & { msg: string; error?: { stack?: string } };

/** A log whose lines can be looked at. */
function logging() {
  const lines: Line[] = [];
  const log = pino(
    { base: null, level: "info", formatters: { level: (label) => ({ level: label }) } },
    { write: (text: string) => void lines.push(JSON.parse(text)) },
  );
  return { log, lines, calls: () => lines.filter(({ msg }) => msg === "call") };
}

const sleep = (seconds: number): Manifest["logic"][string] => ({
  kind: "sql",
  access: "public",
  params: {},
  connection: "main",
  returns: "value",
  statements: [
    {
      sql: `select 1 as n from pg_sleep(${seconds})`,
      bindings: [],
      types: [],
      result: [{ name: "n", type: "integer" }],
    },
  ],
});

const named = (sql: string) => ({ sql, bindings: [], types: [], result: [{ name: "n", type: "text" }] });

let issuer: TestIssuer;
let database: { url: string };
beforeAll(async () => {
  issuer = await TestIssuer.start();
  database = await notesDatabase(notesSql, afterAll);
});
afterAll(() => issuer.stop());

async function serving(change: Partial<Manifest["server"]> = {}) {
  const recorded = logging();
  const manifest = manifestOf({
    issuers: [issuer.declared],
    logic: { slow: sleep(0.05), fast: sleep(0) },
    server: { ...manifestOf().server, ...change },
  });
  const served = await serve({ url: database.url, manifest, log: recorded.log });
  await untilReady(served);
  return { ...served, ...recorded };
}

describe("the line of a call that is refused with 401", () => {
  const seconds = Math.floor(Date.now() / 1_000);
  const cases: [string, JWTPayload][] = [
    ["expired", { exp: seconds - 60 }],
    ["wrong audience", { aud: "billing" }],
    ["wrong issuer", { iss: "https://evil.test" }],
    ["not valid yet", { nbf: seconds + 600 }],
  ];
  it.each(cases)("says that it is for: %s", async (reason, claims) => {
    const { call, calls } = await serving();
    const token = await issuer.sign(await issuer.addKey(reason), reason, claims);
    const { status } = await call("fast", {}, { authorization: `Bearer ${token}` });
    expect({ status, line: calls()[0] }).toMatchObject({
      status: 401,
      line: { status: 401, code: "invalid_token", reason },
    });
    for (const part of token.split(".")) expect(JSON.stringify(calls())).not.toContain(part);
  });

  it("says which check of the signature failed, or that there was no token", async () => {
    const { call, calls } = await serving();
    await issuer.addKey("k");
    const { privateKey } = await generateKeyPair("ES256");
    const reasons = [];
    for (const authorization of [
      `Bearer ${await issuer.sign(privateKey, "k")}`,
      `Bearer ${await issuer.sign(privateKey, "nobody")}`,
      "Bearer a.b.c",
      "Basic YWRhOmFkYQ==",
    ]) {
      await call("fast", {}, { authorization });
      reasons.push(calls().at(-1)?.reason);
    }
    expect(reasons).toEqual(["bad signature", "unknown key", "malformed", "no bearer token"]);
  });
});

describe("the line of a call", () => {
  const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  it.each([
    [`00-${trace}-00f067aa0ba902b7-01`, trace],
    [`01-${trace}-00f067aa0ba902b7-01-more`, trace],
    [`00-${trace}-00f067aa0ba902b7-01-more`, undefined],
    [`ff-${trace}-00f067aa0ba902b7-01`, undefined],
    [`00-${"0".repeat(32)}-00f067aa0ba902b7-01`, undefined],
    [`00-${trace}-${"0".repeat(16)}-01`, undefined],
    [`00-${trace.toUpperCase()}-00f067aa0ba902b7-01`, undefined],
    ["nonsense", undefined],
  ])("names the trace of a traceparent that is valid: %s", async (traceparent, traceId) => {
    const { call, calls } = await serving();
    await call("fast", {}, { traceparent, "x-request-id": "r-1" });
    expect(calls().at(-1)).toMatchObject({ requestId: "r-1", path: "fast", status: 200 });
    expect(calls().at(-1)?.traceId).toBe(traceId);
  });

  it("names the caller and the address only where the project asks for them", async () => {
    const token = await issuer.sign(await issuer.addKey("c"), "c");
    const headers = { authorization: `Bearer ${token}`, "x-forwarded-for": "1.2.3.4, 203.0.113.9" };
    const silent = await serving();
    await silent.call("fast", {}, headers);
    expect(silent.calls()[0]).not.toHaveProperty("caller");
    expect(silent.calls()[0]).not.toHaveProperty("address");
    const told = await serving({ log: { caller: true, address: "x-forwarded-for" } });
    await told.call("fast", {}, headers);
    expect(told.calls()[0]).toMatchObject({ caller: "ada", address: "203.0.113.9" });
    await told.call("fast", {}, { "x-forwarded-for": "<script>" });
    expect(told.calls()[1]).not.toHaveProperty("address");
    const near = await serving({ log: { caller: false, address: "socket" } });
    await near.call("fast");
    expect(near.calls()[0]).toMatchObject({ address: "127.0.0.1" });
  });

  it("is a warning where the call took longer than it should", async () => {
    const { call, calls } = await serving({ log: { slowMs: 40, caller: false } });
    await call("slow");
    await call("fast");
    expect(calls()[0]).toMatchObject({ level: "warn", slow: true, status: 200, path: "slow" });
    expect(calls().at(-1)).not.toHaveProperty("slow");
  });

  it("holds no value of the call", async () => {
    const { call, lines } = await serving();
    await call("db/main/notes/select", { where: { body: "hunter2" } });
    await call("db/main/notes/insert", { values: { id: "hunter2" } });
    expect(JSON.stringify(lines)).not.toContain("hunter2");
  });
});

describe("an outage", () => {
  it("describes an error once, not with every call", async () => {
    const { url, close } = await detour((await notesDatabase()).url);
    const { log, calls } = logging();
    const served = await serve({ url, log, manifest: manifestOf({ logic: { fast: sleep(0) } }) });
    await untilReady(served);
    await close();
    await expect.poll(async () => (await served.call("fast")).status, { timeout: 5_000 }).toBe(503);
    const before = calls().filter(({ error }) => error !== undefined).length;
    for (let n = 0; n < 50; n += 1) await served.call("fast");
    const failed = calls().filter(({ status }) => status === 503);
    expect(failed.length).toBeGreaterThanOrEqual(51);
    expect(failed.filter(({ error }) => error !== undefined).length - before).toBeLessThanOrEqual(3);
  });

  it("is told in whole to who develops", async () => {
    const { log, calls } = logging();
    const environment = { NODE_ENV: "development" };
    const { limits } = manifestOf().server;
    const manifest = manifestOf({
      logic: { late: sleep(0.3) },
      server: { ...manifestOf().server, limits: { ...limits, timeMs: 20 } },
    });
    const served = await serve({ url: database.url, log, manifest, environment });
    await untilReady(served);
    for (let n = 0; n < 3; n += 1) await served.call("late");
    expect(calls().filter(({ error }) => error !== undefined)).toHaveLength(3);
  });
});

describe("a session of the database", () => {
  it("names the project and the replica", async () => {
    const who = { ...sleep(0), statements: [named("select current_setting('application_name') as n")] };
    const served = await serve({ url: database.url, manifest: manifestOf({ logic: { who } }) });
    await untilReady(served);
    const { body } = await served.call("who");
    expect(body.data).toBe(`notes@${hostname()}`);
  });
});

describe("GET /readyz", () => {
  it("tells everybody a code, and the log the names of tables", async () => {
    const other = await notesDatabase(`${notesSql}; drop table notes; drop type mood`);
    const { log, lines } = logging();
    const { url } = await serve({ url: other.url, log });
    const readyz = async () => (await fetch(`${url}/readyz`)).json();
    await expect
      .poll(readyz)
      .toEqual({ status: "unready", reasons: [{ connection: "main", code: "schema_mismatch" }] });
    expect(JSON.stringify(lines)).toContain("The table `notes` does not exist.");
  });
});
