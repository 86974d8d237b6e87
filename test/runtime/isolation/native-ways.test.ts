import { once } from "node:events";
import { createServer } from "node:http";
import { expect, it, onTestFinished } from "vitest";
import { useBridgeFile } from "../bridge-process.ts";
import { serveModules } from "../logic-process.ts";

useBridgeFile();

const handler = (body: string): string => `export default async ({ origin }, context) => {\n${body}\n}\n`;
const builtin = (name: string): string => `process.getBuiltinModule(${JSON.stringify(name)})`;
const dispatcher = `(globalThis[Symbol.for("undici.globalDispatcher.2")] ?? globalThis[Symbol.for("undici.globalDispatcher.1")])`;

/** Each gives "closed" where the way is closed. */
const ways = {
  server: `const http = ${builtin("http")};
    for (const make of [() => http.createServer(), () => new http.Server(), () => new http.Server.prototype.constructor(), () => ${builtin("https")}.createServer(),
      () => new (Object.getPrototypeOf(http.Server.prototype).constructor)()])
      try { make(); return "made"; } catch {}
    return "closed";`,
  frame: `const { PassThrough } = ${builtin("stream")};
    const http = ${builtin("http")};
    const request = http.get(origin, (response) => response.resume());
    const socket = await new Promise((resolve) => request.on("socket", resolve));
    const found = [${builtin("zlib")}.createGzip()._handle, socket._handle, socket.parser, new MessageChannel().port1]
      .filter((one) => typeof one?.getAsyncContextFrameForDebuggingOnly === "function");
    await new Promise((resolve) => request.on("close", resolve));
    return found.length === 0 ? "closed" : "open";`,
  timer: `const http = ${builtin("http")};
    const request = http.get(origin, { timeout: 1500 }, (response) => response.resume());
    request.setTimeout(1500);
    const socket = await new Promise((resolve) => request.on("socket", resolve));
    const linked = [request, socket, socket._handle].flatMap((one) => Reflect.ownKeys(one).map((key) => one[key])).filter((one) => one?._idleNext);
    await new Promise((resolve) => request.on("close", resolve));
    return linked.length === 0 ? "closed" : "open";`,
  controller: `const prototype = await new Promise((resolve, reject) => ${dispatcher}.dispatch({ origin, path: "/", method: "GET" }, {
      onRequestStart(controller) { resolve(Object.getPrototypeOf(controller)); },
      onConnect(abort) { resolve(Object.getPrototypeOf(abort)); }, onHeaders: () => true, onData: () => true, onComplete() {}, onError: reject,
      onResponseStart() {}, onResponseData() {}, onResponseEnd() {}, onResponseError: reject }));
    try { Object.defineProperty(prototype, "paused", { get() { throw new Error("x"); } }); return "open"; } catch { return "closed"; }`,
  lock: `return navigator.locks.request("a", (lock) => {
      try { Object.defineProperty(Object.getPrototypeOf(lock), "name", { get: () => "forged" }); return "open"; } catch { return "closed"; } });`,
  scope: `const { AsyncLocalStorage } = ${builtin("async_hooks")};
    const scope = new AsyncLocalStorage().withScope?.(1);
    if (scope === undefined) return "closed";
    scope[Symbol.dispose]();
    const prototype = Object.getPrototypeOf(scope), forged = () => {};
    try { prototype.dispose = forged; } catch {}
    return prototype.dispose === forged ? "open" : "closed";`,
};

it("leads from no native object, server, timer or request to what other calls have", async () => {
  const server = createServer((_, response) => response.end("ok"));
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const origin = `http://127.0.0.1:${Object(server.address()).port}`;
  const bridge = await serveModules(
    Object.fromEntries(Object.entries(ways).map(([name, body]) => [name, handler(body)])),
  );
  const told: Record<string, unknown> = {};
  for (const name of Object.keys(ways)) told[name] = (await bridge.call(name, { origin })).body.data;
  expect(told, bridge.output()).toEqual(
    Object.fromEntries(Object.keys(ways).map((name) => [name, "closed"])),
  );
}, 60_000);

it("ends no timer of another call by its number, and its own by that", async () => {
  const bridge = await serveModules({
    victim: handler(`const before = Date.now();
      const ended = +setTimeout(() => { throw new Error("was ended"); }, 20);
      clearTimeout(ended);
      await new Promise((resolve) => { void +setTimeout(resolve, 500); });
      return Date.now() - before >= 490;`),
    hostile: handler(`const mine = +setTimeout(() => undefined, 1);
      for (let one = 0; one < 20_000; one++) clearTimeout(one);
      for (let one = mine - 20_000; one < mine; one++) clearTimeout(one);
      return "tried";`),
  });
  const victim = bridge.call("victim");
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await bridge.call("hostile")).body).toEqual({ data: "tried" });
  expect((await victim).body).toEqual({ data: true });
}, 30_000);
