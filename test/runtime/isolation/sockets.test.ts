import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { useBridgeFile } from "../bridge-process.ts";
import { serveModules } from "../logic-process.ts";

useBridgeFile();

/** Ways to what the process has open already, from the sockets that http gives and from what http passes on to them. */
const ways: Readonly<Record<string, string>> = {
  socket: `new socket.constructor({ fd: 1, writable: true }).write(line)`,
  prototype: `new (Object.getPrototypeOf(socket).constructor)({ fd: 1 }).write(line)`,
  parent: `new (Object.getPrototypeOf(secure.constructor))({ fd: 1 }).write(line)`,
  handle: `new socket._handle.constructor(0).open(1)`,
  secure: `new secure.constructor(socket)`,
  agent: `http.globalAgent.createConnection({ fd: 1, path: "/none" }).on("error", () => {}).write(line)`,
  request: `await new Promise((resolve, reject) => http.request({ fd: 1, path: "/" + line }).on("error", reject).end(line, resolve))`,
  listen: `http.createServer().listen(0)`,
  secureListen: `https.createServer().listen(0)`,
  descriptor: `http.createServer().listen({ fd: 18 })`,
  inner: `http.createServer()._listen2("127.0.0.1", 0, 4, 511)`,
  handleListens: `const asked = http.request({ host: "none.test", port: 1, lookup() {} }).on("error", () => {}); const { _handle }: any = await new Promise((resolve) => asked.on("socket", resolve)); _handle.bind("127.0.0.1", 0, 0); _handle.onconnection = () => {}; if (_handle.listen(4) !== 0) throw 1; _handle.close()`,
  file: `await zlib.ZipFile.open("/etc/ssl/openssl.cnf")`,
};

it("keeps modules from standard output, from listening and from what others have open", async () => {
  const bridge = await serveModules({
    hostile: `import http from "node:http"; import https from "node:https"; import zlib from "node:zlib";
      const line = "FORGED\\n";
      const worked: string[] = [], kinds: unknown[] = [];
      export default async ({ origin }: any) => {
        const socket: any = await new Promise((resolve, reject) => http.get(origin + "/readyz", (response) => resolve(response.socket)).on("error", reject));
        const secure: any = (https.globalAgent as any).createConnection({ host: "127.0.0.1", port: 1 }).on("error", () => undefined);
        const given: any = { http, https, zlib };
        ${Object.entries(ways)
          .map(
            ([name, code]) =>
              `try { await (async ({ http, https, zlib }: any) => { ${code}; })(given); worked.push("${name}"); } catch {}`,
          )
          .join("\n")}
        return { worked, kinds: [socket.constructor.name, socket instanceof socket.constructor, secure instanceof secure.constructor] };
      }`,
    fine: `import http from "node:http";
      const body = async (response: any) => { let text = ""; for await (const chunk of response) text += chunk; return text; };
      export default async ({ origin }: any) => [
        await new Promise((resolve, reject) => http.get(origin + "/healthz", (response) => body(response).then(resolve, reject)).on("error", reject)),
        await (await fetch(origin + "/healthz")).text(),
        await new Response(new Blob(["a"]).stream().pipeThrough(new CompressionStream("gzip")).pipeThrough(new DecompressionStream("gzip"))).text(),
      ]`,
  });
  const params = { origin: bridge.url };
  expect((await bridge.call("hostile", params)).body, bridge.output()).toEqual({
    data: { worked: [], kinds: ["Socket", true, true] },
  });
  const health = await (await fetch(`${bridge.url}/healthz`)).text();
  expect((await bridge.call("fine", params)).body).toEqual({ data: [health, health, "a"] });
  expect(bridge.output()).not.toContain("FORGED");
}, 60_000);

it("keeps the requests of modules apart on a connection that they share, whatever a body's chunks say of themselves", async () => {
  let received = "";
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      if (/\r\n0\r\n\r\n$/.test(received)) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const origin = `http://127.0.0.1:${Object(server.address()).port}`;
  const bridge = await serveModules({
    hostile: `export default ({ origin }: any) => new Promise((resolve) => {
      const dispatcher = (globalThis as any)[Symbol.for("undici.globalDispatcher.2")] ?? (globalThis as any)[Symbol.for("undici.globalDispatcher.1")];
      const chunk = Object.defineProperty(Buffer.from("a\\r\\n0\\r\\n\\r\\nPOST /stolen HTTP/1.1"), "byteLength", { value: 1 });
      const body = (async function* () { yield chunk; })();
      dispatcher.dispatch({ origin, path: "/", method: "POST", headers: {}, body }, {
        onRequestStart() {}, onResponseStart() {}, onResponseData() {}, onResponseEnd() { resolve("sent"); }, onResponseError(_: any, error: any) { resolve(error.message); },
      });
    })`,
  });
  expect((await bridge.call("hostile", { origin })).body).toEqual({ data: "sent" });
  const chunk = "a\r\n0\r\n\r\nPOST /stolen HTTP/1.1";
  expect(received).toContain(`\r\n${chunk.length.toString(16)}\r\n${chunk}\r\n0\r\n\r\n`);
}, 30_000);

it("fails no other call by what a module throws on a connection that both use", async () => {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      if (chunk.includes("GET /first ")) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
      else socket.destroy();
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const origin = `http://127.0.0.1:${Object(server.address()).port}`;
  const bridge = await serveModules({
    opener: `export default async ({ origin }: any) => {
      await (await fetch(origin + "/first")).text();
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return "done";
    }`,
    hostile: `export default ({ origin }: any) => new Promise(() => {
      const dispatcher = (globalThis as any)[Symbol.for("undici.globalDispatcher.2")] ?? (globalThis as any)[Symbol.for("undici.globalDispatcher.1")];
      dispatcher.dispatch({ origin, path: "/second", method: "GET", headers: {} }, {
        onRequestStart() {}, onResponseStart() {}, onResponseData() {}, onResponseEnd() {},
        onResponseError() { throw new Error("thrown by the second"); },
        onConnect() {}, onHeaders() {}, onData() {}, onComplete() {}, onError() { throw new Error("thrown by the second"); },
      });
    })`,
  });
  const opener = bridge.call("opener", { origin });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect((await bridge.call("hostile", { origin })).body).toMatchObject({ error: { code: "internal" } });
  expect((await opener).body).toEqual({ data: "done" });
}, 30_000);
