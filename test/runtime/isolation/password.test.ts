import { expect, it } from "vitest";
import { useBridgeFile } from "../bridge-process.ts";
import { serveModules } from "../logic-process.ts";

useBridgeFile();

/** What a hostile package would try; what it comes by it gives to `take`. */
const attempts: Readonly<Record<string, string>> = {
  regexp: `take(RegExp.$1, RegExp.input, (RegExp as any)["$_"], RegExp.lastMatch, (RegExp as any).leftContext)`,
  pool: `take(text(Buffer.from("x").buffer), text(Buffer.allocUnsafe(9_000).buffer), text(Buffer.allocUnsafeSlow(70_000).buffer), text(Buffer.concat([Buffer.from("y")]).buffer))`,
  hooks: `(await load("async_hooks")).createHook({ init(_: any, __: any, ___: any, resource: any) { take(resource); } }).enable()`,
  resource: `const h = await load("async_hooks"); take(new h.AsyncResource("a")); take(h.executionAsyncResource())`,
  channels: `const d = await load("diagnostics_channel"); for (const name of ["net.client.socket", "http.client.request.start", "http.server.request.start", "undici:request:create", "tracing:net.client:start"]) d.subscribe(name, (message: any) => take(message))`,
  observer: `new PerformanceObserver((list) => take(list.getEntries())).observe({ entryTypes: ["http", "net", "dns"] })`,
  agent: `const { globalAgent } = await load("http"); take(globalAgent, globalAgent.sockets, globalAgent.options)`,
  handles: `take((process as any)._getActiveHandles())`,
  requests: `take((process as any)._getActiveRequests())`,
  binding: `take((process as any).binding("natives"))`,
  report: `take((process as any).report.getReport())`,
  env: `take(process.env, process.argv, process.execArgv, (process as any).mainModule)`,
  builtin: `take((process as any).getBuiltinModule("fs").readFileSync("/proc/self/environ", "latin1"))`,
  files: `take((await load("fs")).readFileSync("/proc/self/environ", "latin1"))`,
  promises: `take(await (await load("fs/promises")).readFile("/proc/self/environ", "latin1"))`,
  require: `take((await load("module")).createRequire(import.meta.url)("fs").readFileSync("/proc/self/environ", "latin1"))`,
  loader: `(await load("module")).registerHooks({})`,
  inspector: `const { Session } = await load("inspector"); new Session().connect()`,
  snapshot: `take((await load("v8")).writeHeapSnapshot())`,
  stream: `take((await load("v8")).getHeapSnapshot())`,
  objects: `take((await load("v8")).queryObjects(Object, { format: "summary" }))`,
  flags: `(await load("v8")).setFlagsFromString("--allow-natives-syntax")`,
  worker: `const { Worker } = await load("worker_threads"); new Worker("1", { eval: true })`,
  vm: `take((await load("vm")).runInThisContext("process"))`,
  net: `const net = await load("net"); net.Socket.prototype.write = take; net.connect(1)`,
  child: `take((await load("child_process")).execSync("env"))`,
  domain: `await load("domain")`,
  sqlite: `await load("sqlite")`,
  bridge: `take(await import(["file:", "", import.meta.dirname, "..", "..", "bridge.mjs"].join("/")))`,
  data: `take(await import("data:text/javascript," + encodeURIComponent('export * from "node:fs"')))`,
  made: `take((await Function('return import("node:fs")')()).readFileSync("/proc/self/environ", "latin1"))`,
  evaluated: `take((await (0, eval)('import("node:fs")')).readFileSync("/proc/self/environ", "latin1"))`,
  later: `take((await new Promise<any>((resolve, reject) => JSON.stringify({ toJSON: Function("r", "j", 'return () => import("node:fs").then(r, j)')(resolve, reject) }))).readFileSync("/proc/self/environ", "latin1"))`,
  timer: `take((await new Promise<any>((resolve, reject) => { const source = "done, failed = done.failed, asked = import('node:v8').then(done, failed)"; const makers = [source].values().map(Function as any); setTimeout(Reflect.apply as any, 0, Iterator.prototype.forEach, makers, [(made: any) => made(Object.assign((all: any) => resolve(all), { failed: reject }))]); setTimeout(reject, 1_000); })).getHeapSnapshot())`,
  fetched: `take(await (await fetch("file:///proc/self/environ")).text())`,
  console: `take((console as any)._stdout, (console as any)._stderr)`,
  traces: `(Error as any).prepareStackTrace = (_: any, sites: any[]) => take(sites.map((site) => [site.getThis(), site.getFunction()])); new Error("a").stack`,
  url: `for (const name of ["URL", "URLSearchParams"]) (0, eval)("this")[name] = class { constructor(text: string) { take(text); } }`,
  exec: `RegExp.prototype.exec = function (text: string) { take(text); return null; }`,
  decode: `(0, eval)("this").decodeURIComponent = (text: string) => { take(text); return text; }`,
  split: `String.prototype.replace = String.prototype.split = function () { take(String(this)); return [] as any; }`,
  setter: `Object.defineProperty(Object.prototype, "password", { set(value) { take(value); } })`,
  timers: `take(setTimeout(() => {}, 10_000), setImmediate(() => {}), setInterval(() => {}, 30_000).unref())`,
  errors: `for (const work of [() => context.fail("a", "b"), () => context.sql\`select 1 / 0\`, () => context.connection("none"), () => context.sql("x"), () => context.call("none")]) try { await work(); } catch (error: any) { take(error, error.constructor, error.cause, error.stack); }`,
  params: `const walk = Object.getPrototypeOf(new URLSearchParams("a=1").entries()); const { next } = walk; walk.next = function () { const one = next.call(this); take(one); return one; }`,
  key: `const { privateKey } = (await load("crypto")).generateKeyPairSync("ed25519"); Object.getPrototypeOf(privateKey).export = take`,
  signal: `take(context.signal, context.signal.reason)`,
  socket: `const http = await load("http"); const { socket } = await new Promise<any>((resolve, reject) => http.get(origin + "/readyz", resolve).on("error", reject)); socket.setTimeout(10_000); take(socket, socket._handle, socket.server, socket.parser); Object.getPrototypeOf(socket).connect = take`,
};
/** What gives a module only what it may have. */
const harmless = new Set([
  "regexp",
  "pool",
  "channels",
  "observer",
  "agent",
  "env",
  "console",
  "timers",
  "errors",
  "signal",
]);

const hostile = `
import { inspect } from "node:util";
const taken: unknown[] = [];
const take: any = (...given: unknown[]) => { taken.push(...given); };
const text = (memory: any) => Buffer.from(memory).toString("latin1");
const load = async (name: string): Promise<any> => { const all = await import("node:" + name); return all.default ?? all; };
const worked: string[] = [];
let tried = false;
export default async function it({ origin, reversed }: any, context: any) {
  if (!tried) {
    tried = true;
    ${Object.entries(attempts)
      .map(([name, code]) => `try { ${code}; worked.push("${name}"); } catch {}`)
      .join("\n")}
  }
  // All sessions are opened again, with what was replaced in place.
  for (let turn = 0; turn < 3; turn++) try {
    await context.sql\`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()\`;
    await context.sql\`select pg_terminate_backend(pg_backend_pid())\`;
  } catch (error) { take(error); }
  take(RegExp.$1, RegExp.input, text(Buffer.from("x").buffer), text(Buffer.allocUnsafe(9_000).buffer));
  const password = [...reversed].reverse().join("");
  const shown = inspect(taken, { showHidden: true, depth: 12, maxArrayLength: 1_000, maxStringLength: 100_000 });
  const at = shown.indexOf(password);
  return { worked, found: at < 0 ? null : shown.slice(Math.max(0, at - 100), at), size: shown.length };
}`;

it("gives no module the password of the database", async () => {
  const bridge = await serveModules(
    { hostile, fine: "export default (_: any, context: any) => context.sql`select 1 as one`" },
    { server: { timeMs: 30_000 } },
  );
  // The role's own, with which sessions are opened by SCRAM.
  const { password } = new URL(bridge.database);
  expect(password).not.toBe("");
  const params = { origin: bridge.url, reversed: [...password].reverse().join("") };
  const first = await bridge.call("hostile", params);
  expect(first.body, bridge.output()).toMatchObject({ data: { found: null } });
  await expect
    .poll(async () => (await bridge.call("fine")).body, { timeout: 20_000 })
    .toEqual({
      data: [{ one: 1 }],
    });
  const { body } = await bridge.call("hostile", params);
  expect(body).toEqual({ data: { worked: [...harmless], found: null, size: expect.any(Number) } });
  expect(bridge.output()).not.toContain(password);
}, 90_000);
