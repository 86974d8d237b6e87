import { once } from "node:events";
import { type RequestListener, STATUS_CODES } from "node:http";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { inOrder } from "../../../runtime/http/in-order.ts";
import { Refusals } from "../../../runtime/http/refusals.ts";
import { createBridgeServer } from "../../../runtime/http/server.ts";
import { silentLog } from "../../../runtime/log.ts";
import type { Manifest } from "../../../schema/manifest.ts";
import { manifestOf } from "../manifest.ts";
import { exchange, notesDatabase, post, type Served, serve, untilReady } from "../serve.ts";

let shared: Served;
beforeAll(async () => {
  const { url } = await notesDatabase(undefined, afterAll);
  const slow: Manifest["logic"][string] = {
    kind: "sql",
    access: "public",
    params: {},
    connection: "main",
    returns: "none",
    statements: [{ sql: "select pg_sleep(1)", bindings: [], types: [], result: [] }],
  };
  const environment = { STK_DISABLE_AUTH: "true" };
  shared = await serve({ url, environment, manifest: manifestOf({ logic: { slow } }) }, afterAll);
  await untilReady(shared);
});

const nothing = '{"path":"nothing"}';
const chunked =
  "POST /call HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
const chunkedOld = `POST /call HTTP/1.0\r\nconnection: keep-alive\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${nothing.length.toString(16)}\r\n${nothing}\r\n0\r\n\r\n`;
const call = (headers = "", start = "POST /call HTTP/1.1\r\nhost: a\r\n", body = nothing) =>
  `${start}content-type: application/json\r\ncontent-length: ${body.length}\r\n${headers}\r\n${body}`;

const headersOf = (count: number) => Array.from({ length: count }, (_, index) => `h${index}: \r\n`).join("");

/** The status, headers and error of an answer as it came over the socket. */
function read(answer: string) {
  const [head = "", content = ""] = answer.split("\r\n\r\n");
  const [line = "", ...fields] = head.split("\r\n");
  const headers = Object.fromEntries(
    fields.map((field) => field.split(": ")).map(([name = "", value]) => [name.toLowerCase(), value]),
  );
  const [, status = "", phrase] = /^HTTP\/1\.1 (\d+) (.*)$/.exec(line) ?? [];
  return { status: Number(status), phrase, headers, error: content && JSON.parse(content).error };
}

const ask = async (bytes: string) => read(await exchange(shared.port, bytes));

describe("a request as HTTP allows it", () => {
  it.each([
    [
      "in absolute-form, as a proxy sends it",
      call("", "POST http://a.example:80/call?x HTTP/1.1\r\nhost: b\r\n"),
    ],
    ["of HTTP/1.0 without Host", call("", "POST /call HTTP/1.0\r\n")],
    ["with an IPv6 address as Host", call("", "POST /call HTTP/1.1\r\nhost: [::1]:8080\r\n")],
    ["with content-encoding: identity", call("content-encoding: Identity\r\n")],
    ["with 120 headers, which proxies may bring it to", call(headersOf(117))],
    ["with an offer to upgrade", call("connection: upgrade\r\nupgrade: h2c\r\n")],
    [
      "of HTTP/1.0 with an expectation, which it does not have",
      call("expect: foo\r\n", "POST /call HTTP/1.0\r\n"),
    ],
    [
      "in chunks with trailers, which count for nothing",
      `POST /call HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${nothing.length.toString(16)}\r\n${nothing}\r\n0\r\nauthorization: Basic x\r\n\r\n`,
    ],
  ])("%s is served", async (_, bytes) => {
    const { status, error } = await ask(bytes);
    expect({ status, code: error.code }).toEqual({ status: 404, code: "not_found" });
    expect(error.message).toContain("call"); // the call is not found; the target was
    expect(error.message).not.toContain("/healthz");
  });

  it("is answered without a body to HEAD, and OPTIONS * with what there is", async () => {
    const head = await ask("HEAD /healthz HTTP/1.1\r\nhost: a\r\n\r\n");
    expect(head).toMatchObject({ status: 200, error: "", headers: { "content-length": "15" } });
    const options = await ask("OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n");
    expect(options).toMatchObject({ status: 204, headers: { allow: "GET, HEAD, POST" } });
  });
});

describe("a request that HTTP forbids or that is not known here", () => {
  it.each([
    [400, "malformed_request", "two Host headers", call("host: b\r\n")],
    [400, "malformed_request", "no Host header", call("", "POST /call HTTP/1.1\r\n")],
    [400, "malformed_request", "a Host that is none", call("", "POST /call HTTP/1.1\r\nhost: a b\r\n")],
    [400, "malformed_request", "a folded header", call("x: a\r\n b\r\n")],
    [400, "malformed_request", "a space before the colon", call("x : a\r\n")],
    [400, "malformed_request", "two lengths", call("content-length: 4\r\n")],
    [400, "malformed_request", "a length and chunks", call("transfer-encoding: chunked\r\n")],
    [
      400,
      "malformed_request",
      "chunked that is not last",
      call("", "POST /call HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked, gzip\r\n"),
    ],
    [400, "malformed_request", "chunks in HTTP/1.0", chunkedOld],
    [400, "malformed_request", "lines that end in a bare LF", call().replaceAll("\r\n", "\n")],
    [
      400,
      "malformed_request",
      "a request line that ends in a bare LF",
      call("", "POST /call HTTP/1.1\nhost: a\r\n"),
    ],
    [400, "malformed_request", "a version that is none", call("", "POST /call HTTP/1.12\r\nhost: a\r\n")],
    ...["http://[::/call", "http://b:99999/call"].map((target): [number, string, string, string] => [
      400,
      "malformed_request",
      `the target ${target}`,
      call("", `POST ${target} HTTP/1.1\r\nhost: a\r\n`),
    ]),
    [400, "malformed_request", "what is no HTTP", "hello\r\n\r\n"],
    [400, "malformed_request", "a chunk without its length", `${chunked}3\r\nabc\r\nxyz\r\n`],
    [
      401,
      "invalid_token",
      "two tokens",
      call("authorization: Bearer a.b.c\r\nauthorization: Bearer d.e.f\r\n"),
    ],
    [405, "method_not_allowed", "TRACE", "TRACE /call HTTP/1.1\r\nhost: a\r\n\r\n"],
    [405, "method_not_allowed", "CONNECT", "CONNECT a.example:443 HTTP/1.1\r\nhost: a\r\n\r\n"],
    [415, "unsupported_media_type", "a content coding", call("content-encoding: gzip\r\n")],
    [415, "unsupported_media_type", "two content types", call("content-type: text/plain\r\n")],
    [417, "expectation_failed", "an expectation", call("expect: foo\r\n")],
    [417, "expectation_failed", "two expectations", call("expect: 100-continue, foo\r\n")],
    [
      417,
      "expectation_failed",
      "an expectation about health",
      "GET /healthz HTTP/1.1\r\nhost: a\r\nexpect: foo\r\n\r\n",
    ],
    [431, "headers_too_large", "headers that are too large", call(`x: ${"y".repeat(20_000)}\r\n`)],
    [431, "headers_too_large", "one header too many", call(headersOf(126))],
    [431, "headers_too_large", "far too many headers", call(headersOf(1_000))],
    [
      501,
      "not_implemented",
      "a transfer coding",
      "POST /call HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    ],
    [505, "http_version_not_supported", "HTTP/2.0", call("", "POST /call HTTP/2.0\r\nhost: a\r\n")],
    [505, "http_version_not_supported", "HTTP/0.9", call("", "POST /call HTTP/0.9\r\nhost: a\r\n")],
    [505, "http_version_not_supported", "HTTP/1.7", call("", "POST /call HTTP/1.7\r\nhost: a\r\n")],
    [505, "http_version_not_supported", "HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ])("is answered %i %s: %s", async (status, code, _, bytes) => {
    const answer = await ask(bytes);
    expect({ status: answer.status, code: answer.error.code }).toEqual({ status, code });
    expect(answer.error.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.phrase).toBe(STATUS_CODES[status]);
    expect(answer.headers["x-request-id"]).toBe(answer.error.requestId);
  });

  it("ends the connection where HTTP/1.0 has chunks: nothing behind them is answered", async () => {
    const received = await exchange(shared.port, chunkedOld + call());
    expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 400"]);
    expect(received.toLowerCase()).toContain("connection: close");
  });

  it("says which content coding it takes", async () => {
    expect((await ask(call("content-encoding: br\r\n"))).headers["accept-encoding"]).toBe("identity");
  });

  it("keeps the connection after a token that is refused, and reads no long body for it", async () => {
    const bad = "authorization: Bearer a.b.c\r\n";
    const twice = await exchange(shared.port, call(bad) + call(bad));
    expect(twice.match(/HTTP\/1\.1 401 /g)).toHaveLength(2);
    const long = `POST /call HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n${bad}content-length: 1000000\r\n\r\n`;
    const { status, headers } = await ask(long);
    expect({ status, connection: headers.connection }).toEqual({ status: 401, connection: "close" });
  });
});

describe("Expect: 100-continue", () => {
  const expecting = (length: number) =>
    `POST /call HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: ${length}\r\n\r\n`;

  it("is told to send a body that is taken", async () => {
    const answer = await exchange(shared.port, expecting(nothing.length) + nothing);
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 404 /);
  });

  it("is refused at once where the body is too large, and never told to send it", async () => {
    const answer = await exchange(shared.port, expecting(10_001));
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });
});

/** A client that has sent something, and what came back so far. */
async function client(bytes: string): Promise<{ socket: Socket; received(): string }> {
  const socket = connect(shared.port, "127.0.0.1").on("error", () => undefined);
  onTestFinished(() => {
    socket.destroy();
  });
  let received = "";
  socket.on("data", (chunk: Buffer) => {
    received += chunk.toString();
  });
  await once(socket, "connect");
  socket.write(bytes);
  return { socket, received: () => received };
}

const closed = (socket: Socket) => new Promise((resolve) => socket.once("close", resolve));

describe("requests sent ahead on one connection", () => {
  it("are answered in their order, and a fault behind them after them", async () => {
    const answer = await exchange(
      shared.port,
      `${call("x-request-id: one\r\n")}${call("x-request-id: two\r\n")}hello\r\n\r\n`,
    );
    expect([...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual([
      "404",
      "404",
      "400",
    ]);
    expect(answer.indexOf("one")).toBeLessThan(answer.indexOf("two"));
  });

  it("wait for the call before them, and are not taken without end", async () => {
    const { socket, received } = await client(
      call("", "POST /call HTTP/1.1\r\nhost: a\r\n", '{"path":"slow"}'),
    );
    socket.write(call().repeat(2_000));
    await closed(socket);
    expect(received()).toBe("");
    expect((await post(shared.url, nothing)).status).toBe(404);
  });
});

describe("thousands of requests in one packet", () => {
  it.each([
    ["are not all taken, though one read brings them", 10, 66],
    ["are not taken on a connection over the limit", 0, 2],
  ])("%s", async (_, connections, count) => {
    const answer: RequestListener = (__, response) => void setTimeout(() => response.end(), 100);
    const server = createBridgeServer(inOrder(new Refusals(silentLog), answer), { connections });
    let taken = 0;
    server.on("request", () => {
      taken += 1;
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("The server has no port.");
    await exchange(address.port, "POST / HTTP/1.1\r\n\r\n".repeat(2_500));
    expect(taken).toBe(count);
  });
});

describe("a body that is refused", () => {
  it("does not cost the client the answer, however much it sends", async () => {
    const { socket, received } = await client(
      "POST /call HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 5000000\r\n\r\n",
    );
    socket.write(Buffer.alloc(5_000_000, 32));
    await closed(socket);
    expect(received()).toMatch(/^HTTP\/1\.1 413 /);
    expect(received()).toContain("payload_too_large");
  });
});
