import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callErrors } from "../../../schema/errors.ts";
import { manifestOf } from "../manifest.ts";
import { exchange, notesDatabase, post, type Served, serve, untilReady } from "../serve.ts";

const claims = { sub: "ada" };
const unsigned = (payload: object): string =>
  `Bearer ${[{ alg: "none" }, payload].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".")}.`;
const asAda = { authorization: unsigned(claims) };
const trusting = { STK_DISABLE_AUTH: "true" };

async function ready(change: Parameters<typeof manifestOf>[0] = {}): Promise<Served> {
  const { url } = await notesDatabase();
  const served = await serve({ url, manifest: manifestOf(change), environment: trusting });
  await untilReady(served);
  return served;
}

let shared: Served;
beforeAll(async () => {
  const { url } = await notesDatabase(undefined, afterAll);
  shared = await serve({ url, environment: trusting }, afterAll);
  await untilReady(shared);
});

const sqlLogic = (sql: string) => ({
  kind: "sql" as const,
  access: "public" as const,
  params: {},
  connection: "main",
  returns: "rows" as const,
  statements: [{ sql, bindings: [], types: [], result: [] }],
});

describe("POST /call", () => {
  it("answers a permitted call with its data", async () => {
    const { call } = shared;
    const { status, body, headers } = await call(
      "db/main/notes/select",
      { orderBy: [{ column: "id" }] },
      asAda,
    );
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        data: [
          { id: 1, body: "one" },
          { id: 2, body: "two" },
        ],
      },
    });
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("server")).toBeNull();
    expect(headers.get("x-powered-by")).toBeNull();
  });

  it.each([
    ["db/main/notes/select", {}, {}, "unauthenticated"],
    ["db/main/notes/update", { where: { id: 1 }, set: { body: "x" } }, asAda, "not_found"],
    ["nothing/here", {}, asAda, "not_found"],
    ["__proto__", {}, asAda, "not_found"],
    ["db/main/constructor/select", {}, asAda, "not_found"],
    ["db/main/notes/select", { columns: ["owner_id"] }, asAda, "forbidden"],
    ["db/main/notes/insert", { values: { id: 1, body: "again" } }, asAda, "conflict"],
  ] as const)("refuses %s %j with %j as %s", async (path, params, headers, code) => {
    const { call } = shared;
    const { status, body, headers: sent } = await call(path, params, headers);
    expect(body.error?.code).toBe(code);
    expect(status).toBe(callErrors[code]);
    expect(body.error?.requestId).toBe(sent.get("x-request-id"));
  });

  it("keeps a sane request id and replaces any other", async () => {
    const { call } = shared;
    const kept = await call("nothing", {}, { "x-request-id": "trace-1:2" });
    expect(kept.body.error?.requestId).toBe("trace-1:2");
    const replaced = await call("nothing", {}, { "x-request-id": "a b<script>" });
    expect(replaced.body.error?.requestId).toMatch(/^[0-9a-f-]{36}$/);
    const long = await call("nothing", {}, { "x-request-id": "x".repeat(65) });
    expect(long.body.error?.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ["nothing", ""],
    ["broken JSON", '{"path":'],
    ["a list", "[]"],
    ["null", "null"],
    ["no path", "{}"],
    ["a number as path", '{"path":1}'],
    ["an empty path", '{"path":""}'],
    ["a path that is too long", JSON.stringify({ path: "x".repeat(201) })],
    ["an unknown member", '{"path":"a","extra":1}'],
    ["__proto__ as a member", '{"path":"a","__proto__":{"params":{}}}'],
    ["params as a list", '{"path":"a","params":[]}'],
    ["null params", '{"path":"a","params":null}'],
    ["params too deep", `{"path":"a","params":${'{"a":'.repeat(6)}1${"}".repeat(6)}}`],
    ["lists too deep", `{"path":"a","params":{"a":${"[".repeat(4_000)}${"]".repeat(4_000)}}}`],
    ["bytes that are no UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
    ["a byte order mark", '\u{feff}{"path":"a"}'],
  ])("refuses a body that is %s as malformed", async (_, body) => {
    const { url } = shared;
    const answer = await post(url, body);
    expect(answer.status).toBe(400);
    expect(answer.body.error?.code).toBe("malformed_request");
  });

  it("takes params that are exactly as deep as the limit", async () => {
    const { call } = shared;
    const { body } = await call("nothing", { a: { a: { a: { a: 1 } } } });
    expect(body.error?.code).toBe("not_found");
  });

  it("asks for JSON", async () => {
    const { url } = shared;
    expect((await post(url, "{}", { "content-type": "text/plain" })).status).toBe(415);
    expect((await post(url, "{}", { "content-type": "application/jsonx" })).status).toBe(415);
    expect(
      (await post(url, '{"path":"a"}', { "content-type": "application/json; charset=utf-8" })).status,
    ).toBe(404);
  });

  it("refuses a body that says it is too large before it comes", async () => {
    const { port } = shared;
    const head =
      "POST /call HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 10001\r\n\r\n";
    const answer = await exchange(port, head);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer.toLowerCase()).toContain("connection: close");
  });

  it("counts the bytes of a chunked body, whatever it says", async () => {
    const { port } = shared;
    const chunk = `1000\r\n${"x".repeat(4_096)}\r\n`;
    const head =
      "POST /call HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    const answer = await exchange(port, head + chunk.repeat(3));
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain("payload_too_large");
  });

  it("takes a body of exactly the limit", async () => {
    const { url } = shared;
    const body = '{"path":"a"}'.padEnd(10_000);
    expect((await post(url, body)).status).toBe(404);
    expect((await post(url, `${body} `)).status).toBe(413);
  });

  it("tells those beyond the concurrency to come again", async () => {
    const { limits } = manifestOf().server;
    const slow = { from: "select pg_sleep(0.5)" };
    const { call } = await ready({
      server: { limits: { ...limits, concurrency: 1 }, drainMs: 1_000 },
      logic: { slow: sqlLogic(slow.from) },
    });
    const first = call("slow");
    await new Promise((resolve) => setTimeout(resolve, 150));
    const second = await call("slow");
    expect(second.status).toBe(429);
    expect(second.headers.get("retry-after")).toBe("1");
    expect((await first).status).toBe(200);
  });

  it("ends a call whose time is over, and cancels its statement", async () => {
    const { limits } = manifestOf().server;
    const { url } = await notesDatabase();
    const manifest = manifestOf({
      server: { limits: { ...limits, timeMs: 200 }, drainMs: 1_000 },
      logic: {
        slow: sqlLogic("select pg_sleep(4)"),
        left: sqlLogic(
          "select count(*)::integer as n from pg_stat_activity where query like '%pg_sleep(4)%' and state = 'active' and pid <> pg_backend_pid()",
        ),
      },
    });
    const served = await serve({ url, manifest });
    await untilReady(served);
    const started = performance.now();
    const { status, body } = await served.call("slow");
    expect(status).toBe(504);
    expect(body.error?.code).toBe("timeout");
    expect(performance.now() - started).toBeLessThan(1_000);
    await expect
      .poll(async () => (await served.call("left")).body.data, { timeout: 3_000 })
      .toEqual([{ n: 0 }]);
  });
});

describe("other requests", () => {
  it("knows no other path, and no other method", async () => {
    const { url } = shared;
    expect((await fetch(`${url}/`)).status).toBe(404);
    const wrong = await fetch(`${url}/call`);
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get("allow")).toBe("POST");
    const health = await fetch(`${url}/healthz`, { method: "POST" });
    expect(health.status).toBe(405);
    expect(health.headers.get("allow")).toBe("GET, HEAD");
    expect((await fetch(`${url}/call`, { method: "OPTIONS" })).status).toBe(405);
  });

  it("is healthy, and ready when the database fits", async () => {
    const { url } = shared;
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: "ok" });
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: "ready", reasons: [] });
  });

  it("never answers 500 to bytes at random", async () => {
    const { url } = shared;
    let seed = 42;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    const pieces = [
      '{"path":',
      '"db/main/notes/select"',
      '"params":',
      "{",
      "}",
      "[",
      "]",
      ",",
      '"where"',
      ":",
      "null",
      "1e999",
      '"\\ud800"',
      "\u0000",
      '"$user.id"',
      '"__proto__"',
      "-",
      '"orderBy"',
    ];
    const seen = new Set<number>();
    for (let round = 0; round < 300; round += 1) {
      const body =
        round % 2 === 0
          ? Buffer.from(Array.from({ length: random(200) }, () => random(256)))
          : Array.from({ length: random(12) }, () => pieces[random(pieces.length)]).join("");
      const response = await post(url, body, asAda);
      seen.add(response.status);
    }
    expect([...seen].filter((status) => status >= 500)).toEqual([]);
    expect(seen).toContain(400);
  });
});

describe("fuzzed params", () => {
  it("never answers 500 to params of any shape", async () => {
    const values: unknown[] = [
      null,
      true,
      0,
      -1,
      1e308,
      "",
      "\u0000",
      "💥",
      "\ud800",
      [],
      {},
      [[]],
      { and: [] },
      { not: {} },
      { eq: {} },
      "$user.id",
    ];
    const keys = [
      "where",
      "columns",
      "orderBy",
      "limit",
      "offset",
      "values",
      "set",
      "__proto__",
      "constructor",
    ];
    const statuses = new Set<number>();
    for (const operation of ["select", "insert"])
      for (const key of keys)
        for (const value of values) {
          const { status } = await shared.call(
            `db/main/notes/${operation}`,
            { [key]: value, id: value },
            asAda,
          );
          const nested = await shared.call(
            `db/main/notes/${operation}`,
            { [key]: { id: value, body: value } },
            asAda,
          );
          statuses.add(status).add(nested.status);
        }
    expect([...statuses].filter((status) => status >= 500)).toEqual([]);
  });
});
