import { expect, it } from "vitest";
import { useBridgeFile } from "../bridge-process.ts";
import { serveModules } from "../logic-process.ts";

useBridgeFile();

const handler = (body: string) =>
  `export default async function it(params: any, context: any) {\n${body}\n}\n`;
const forever = "await new Promise(() => undefined);";

const stray = {
  timer: `setTimeout(() => {\n    throw new RangeError("broken");\n  }, 1); ${forever}`,
  promise: `void Promise.reject(new RangeError("broken")); ${forever}`,
  event: `const { EventEmitter } = await import("node:events");
  const events = new EventEmitter();
  events.on("it", () => { throw new RangeError("broken"); });
  setImmediate(() => events.emit("it")); ${forever}`,
  tick: `process.nextTick(() => { throw new RangeError("broken"); }); ${forever}`,
  proxy: `setTimeout(() => { throw new Proxy(new RangeError("broken"), { get() { throw 1; }, getPrototypeOf() { throw 1; } }); }, 1); ${forever}`,
  finalizer: `let isCalled = false;
  const registry = new FinalizationRegistry(() => { isCalled = true; throw new RangeError("broken"); });
  for (let left = 1e3; left > 0; left--) registry.register({}, 1);
  while (!isCalled) { await new Promise((resolve) => setTimeout(resolve, 5)); new ArrayBuffer(5e7); }
  ${forever}`,
};
const unanswerable = {
  bigint: `throw context.fail("sold_out", "None is left.", { left: 1n })`,
  circle: `const a: any = {}; a.a = a; throw context.fail("round", "It is round.", a)`,
  getter: `throw context.fail("bad", "Bad.", { get a() { throw new Error("broken") } })`,
  later: `try { context.fail("bad", "Bad.", {}) } catch (error: any) { error.details.left = 1n; throw error; }`,
  code: `try { context.fail("bad", "Bad.", {}) } catch (error: any) { error.code = "none"; throw error; }`,
  hostile: `throw new Proxy(new Error("broken"), { get() { throw 1; }, getPrototypeOf() { throw 1; } })`,
  json: `return { toJSON() { throw new Error("broken") } }`,
  answer: `return new Proxy({}, { ownKeys() { throw new Error("broken") } })`,
  thenable: `return { then() {} }`,
};

it("answers the call whose module threw where nobody catches it, says where, and goes on", async () => {
  const sources = Object.fromEntries(Object.entries(stray).map(([name, body]) => [name, handler(body)]));
  const bridge = await serveModules({ ...sources, fine: handler("return 1") });
  for (const name of Object.keys(stray)) {
    expect(await bridge.call(name), name).toMatchObject({
      status: 500,
      body: { error: { code: "internal" } },
    });
    const told = () => bridge.lines.find(({ path, msg }) => path === name && msg.startsWith("Logic threw"));
    await expect
      .poll(told, { timeout: 5_000, interval: 10 })
      .toMatchObject({ level: "error", requestId: `call-${name}` });
    if (name !== "proxy") expect(JSON.stringify(told())).toContain(`logic/${name}.ts:`);
  }
  expect((await bridge.call("fine")).body.data).toBe(1);
  expect(bridge.child.exitCode).toBeNull();
}, 30_000);

it("answers a call whose error or answer is no JSON", async () => {
  const sources = Object.fromEntries(
    Object.entries(unanswerable).map(([name, body]) => [name, handler(body)]),
  );
  const bridge = await serveModules(sources, { server: { timeMs: 500 } });
  expect((await bridge.call("bigint")).body.error).toMatchObject({
    code: "logic_failed",
    details: { code: "sold_out", left: "1" },
  });
  for (const name of ["circle", "getter", "code", "hostile", "json", "answer"])
    expect((await bridge.call(name)).body.error?.code, name).toBe("internal");
  expect((await bridge.call("later")).body.error?.code).toBe("logic_failed");
  expect((await bridge.call("thenable")).body.error?.code).toBe("timeout");
}, 30_000);

it("goes on where a listener of the call's signal throws as its time is over", async () => {
  const listener = handler(
    `context.signal.addEventListener("abort", () => { throw new RangeError("broken"); }); ${forever}`,
  );
  const bridge = await serveModules({ listener, fine: handler("return 1") }, { server: { timeMs: 500 } });
  expect((await bridge.call("listener")).body.error?.code).toBe("timeout");
  const told = () =>
    bridge.lines.find(({ path, msg }) => path === "listener" && msg.startsWith("Logic threw"));
  await expect.poll(told, { timeout: 5_000, interval: 10 }).toMatchObject({ level: "error" });
  expect((await bridge.call("fine")).body.data).toBe(1);
}, 30_000);

it("answers the calls that run before a fault of its own ends the Bridge", async () => {
  const fault = `process.on("SIGUSR2",()=>{throw(new(Error)("own"))})`;
  const bridge = await serveModules(
    { slow: handler('context.log.info("began"); await context.sql`select pg_sleep(0.5)`; return "done";') },
    { environment: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}` } },
  );
  const slow = bridge.call("slow");
  await expect.poll(() => bridge.lines.some(({ msg }) => msg === "began"), { interval: 10 }).toBe(true);
  bridge.child.kill("SIGUSR2");
  expect(await slow).toMatchObject({ status: 200, body: { data: "done" } });
  expect(await bridge.ended).toBe(1);
  expect(bridge.lines.find(({ level }) => level === "fatal")).toMatchObject({ reason: "own" });
}, 30_000);
