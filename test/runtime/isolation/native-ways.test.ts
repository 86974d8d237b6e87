import { once } from "node:events";
import { createServer } from "node:http";
import { expect, it, onTestFinished } from "vitest";
import { useBridgeFile } from "../bridge-process.ts";
import { serveModules } from "../logic-process.ts";

useBridgeFile();

/** The contexts that Node keeps in a value: a map from each AsyncLocalStorage to its value. */
const framesIn = `function framesIn(root) {
  const { AsyncLocalStorage } = process.getBuiltinModule("async_hooks");
  const seen = new Set([root]), found = [];
  for (const value of seen) {
    try { if ([...Map.prototype.keys.call(value)].some((key) => key instanceof AsyncLocalStorage)) found.push(value); } catch {}
    if (ArrayBuffer.isView(value) || seen.size > 50_000) continue;
    for (const key of Reflect.ownKeys(value)) try { if (Object(value[key]) === value[key]) seen.add(value[key]); } catch {}
  }
  return found;
}`;
const handler = (body: string): string =>
  `${framesIn}\nexport default async ({ origin }, context) => {\n${body}\n}\n`;
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
  queued: `const http = ${builtin("http")};
    const agent = new http.Agent({ maxSockets: 1 });
    const requests = [1, 2].map(() => http.request({ host: "127.0.0.1", port: 9, agent }).on("error", () => {}));
    const found = requests.flatMap(framesIn);
    for (const request of requests) request.destroy();
    return found.length === 0 ? "closed" : "open";`,
  signing: `const crypto = ${builtin("crypto")};
    const { privateKey } = crypto.generateKeyPairSync("ec", { namedCurve: "P-256" });
    const key = Buffer.alloc(16), data = Buffer.from("a");
    const works = [(done) => crypto.sign("sha256", data, privateKey, done), (done) => crypto.randomBytes(1, done), (done) => crypto.randomFill(key, done),
      (done) => crypto.pbkdf2("a", "b", 1, 1, "sha1", done), (done) => crypto.scrypt("a", "b", 1, done), (done) => crypto.hkdf("sha1", key, key, key, 1, done),
      (done) => crypto.generateKeyPair("ed25519", {}, done), (done) => crypto.generateKey("aes", { length: 128 }, done), (done) => crypto.generatePrime(8, done),
      (done) => crypto.checkPrime(Buffer.from([7]), done), (done) => crypto.randomInt(5, done),
      (done) => crypto.sign("sha256", data, privateKey, done, 0), (done) => crypto.randomBytes(1, done, undefined, "")];
    const natives = await Promise.all(works.map((work) => new Promise((resolve) => work(function () { resolve(this); }))));
    const { length } = await ${builtin("util")}.promisify(crypto.randomBytes)(4);
    return natives.every((one) => one === undefined) && length === 4 ? "closed" : "open";`,
  connecting: `const http = ${builtin("http")};
    return new Promise((resolve, reject) => {
      const request = http.request({ host: "127.0.0.1", port: 9 }).on("error", () => undefined);
      request.on("socket", (socket) => {
        const handle = socket._handle;
        if (!handle) return resolve("untried");
        const requests = [];
        for (const name of ["connect", "connect6", "shutdown", "writev", "writeLatin1String", "writeUtf8String", "writeBuffer"])
          try { Object.defineProperty(handle, name, { value: (one) => { requests.push(one); return 0; } }); } catch {}
        socket.connect?.({ host: "127.0.0.1", port: 9 });
        setTimeout(() => {
          const open = requests.some((one) => { const prototype = Object.getPrototypeOf(one);
            try { Object.defineProperty(prototype, "address", { configurable: true, set() {} }); return true; } catch { return false; } });
          resolve(requests.length === 0 ? "untried" : open ? "open" : "closed");
        }, 50);
      });
    });`,
  decoder: `const { StringDecoder } = ${builtin("string_decoder")}, { Readable } = ${builtin("stream")};
    const plain = new StringDecoder("utf8");
    const euro = Buffer.from("a\u20ac");
    if (plain.write(euro.subarray(0, 2)) + plain.write(euro.subarray(2)) + plain.end() !== "a\u20ac") return "broken";
    const legacy = {}; StringDecoder.call(Object.setPrototypeOf(legacy, StringDecoder.prototype), "hex");
    if (legacy.write(Buffer.from([171])) !== "ab") return "broken";
    const stream = new Readable({ read() {} }); stream.setEncoding("base64");
    const texts = [new StringDecoder("base64"), stream._readableState.decoder].map((one) => {
      const [key] = [...Object.getOwnPropertySymbols(one), ...Object.getOwnPropertySymbols(StringDecoder.prototype)].filter((each) => /kNativeDecoder/.test(each.description));
      for (const give of [() => { one[key][5] = 250; }, () => { const state = Buffer.alloc(7); state[6] = one[key]?.[6]; state[5] = 250; one[key] = state; },
        () => { const state = Buffer.alloc(7); state[5] = 250; Object.defineProperty(one, key, { value: state }); }]) try { give(); } catch {}
      try { return one.end(); } catch { return ""; }
    });
    return texts.every((text) => text.length < 10) ? "closed" : "open";`,
  listener: `const { signal } = new AbortController();
    signal.addEventListener("abort", () => {});
    const events = signal[Object.getOwnPropertySymbols(signal).find(({ description }) => description === "kEvents")];
    const found = [...Map.prototype.values.call(events)].map(({ next }) => Object.getPrototypeOf(next));
    return found.length > 0 && found.every((one) => Object.isFrozen(one)) ? "closed" : "open";`,
  pair: `const [side] = ${builtin("stream")}.duplexPair?.() ?? [];
    if (side === undefined) return "closed";
    const prototype = Object.getPrototypeOf(side), forged = () => {};
    try { prototype._write = forged; } catch {}
    return prototype._write === forged ? "open" : "closed";`,
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
