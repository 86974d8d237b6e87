import { expect, it } from "vitest";
import { useBridgeFile } from "../bridge-process.ts";
import { serveModules } from "../logic-process.ts";

useBridgeFile();

const head = `
import http from "node:http"; import crypto from "node:crypto"; import events from "node:events"; import util from "node:util";
import url from "node:url"; import buffer from "node:buffer"; import zlib from "node:zlib"; import timers from "node:timers";
import stream from "node:stream"; import async_hooks from "node:async_hooks"; import own from "node:process";
const dispatcher = Symbol.for("undici.globalDispatcher.1");
const real = (0, eval)("this");
const open = (origin: string) => new Promise<any>((resolve, reject) => http.get(origin + "/readyz", ({ socket }: any) => resolve({ socket, handle: socket._handle, parser: socket.parser })).on("error", reject));
const thrown = async (work: () => unknown): Promise<any> => { try { await work(); } catch (error) { return error; } };
`;

/** What a hostile package would replace, to see or to change what others do. */
const targets = [
  ...[
    "Object.prototype.x",
    "Array.prototype.map",
    "Array.prototype[Symbol.iterator]",
    "Promise.prototype.then",
  ],
  ...["RegExp.prototype.exec", "Function.prototype.call", "String.prototype.split", "Map.prototype.get"],
  ...[
    "JSON.stringify",
    "JSON.parse",
    "Object.keys",
    "Reflect.apply",
    "Buffer.from",
    "Buffer.prototype.toString",
  ],
  ...[
    "URL",
    "real.URL",
    "URL.prototype.toJSON",
    "URLSearchParams.prototype.get",
    "fetch",
    "real.fetch",
    "globalThis.fetch",
  ],
  ...["real[dispatcher]", "Error.prepareStackTrace", "Error.captureStackTrace", "Error.stackTraceLimit"],
  ...["AbortSignal.prototype.addEventListener", "AbortSignal.timeout", "EventTarget.prototype.dispatchEvent"],
  ...["setTimeout", "real.setTimeout", "clearTimeout", "timers.setTimeout", "queueMicrotask", "console.log"],
  ...[
    "console._stdout",
    "real.process",
    "process.env",
    "process.nextTick",
    "own.emitWarning",
    "process.env.PGHOST",
  ],
  ...[
    "http.request",
    "http.globalAgent",
    "http.Agent.prototype.createConnection",
    "http.IncomingMessage.prototype.on",
  ],
  ...[
    "http.ServerResponse.prototype.end",
    "crypto.createHash",
    "crypto.webcrypto.subtle.deriveBits",
    "events.prototype.emit",
  ],
  ...[
    "events.EventEmitter.prototype.on",
    "util.inspect",
    "util.format",
    "url.parse",
    "buffer.Buffer.poolSize",
  ],
  ...["zlib.gzipSync", "stream.Readable.prototype.on", "async_hooks.AsyncLocalStorage.prototype.run"],
  ...["Object.getPrototypeOf(socket).write", "Object.getPrototypeOf(handle).writeUtf8String"],
  ...[
    "Object.getPrototypeOf(Object.getPrototypeOf(handle)).writeLatin1String",
    "parser.constructor.prototype.execute",
  ],
  ...[
    "failed.constructor.prototype.name",
    "refused.constructor.prototype.code",
    "unknown.constructor.prototype.hint",
  ],
  ...["context.user.roles[0]", "context.user.id", "context.claims.sub", "context.env.A", "context.fail"],
];

const body = (work: string) => `${head}
export default async function it({ origin }: any, context: any) {
  const { socket, handle, parser } = await open(origin);
  const failed = await thrown(() => context.fail("a", "b"));
  const refused = await thrown(() => context.sql\`select 1 / 0\`);
  const unknown = await thrown(() => context.connection("none"));
  const stolen: any = Object.assign(() => "stolen", { stolen: true });
  const result: string[] = [];
  ${work}
  return result;
}`;

it("keeps what one module replaces from all others", async () => {
  const bridge = await serveModules({
    tamper: body(
      [...targets, "({}).toString"]
        .map(
          (one) =>
            `try { ${one.replace(/^({})/, "$1")} = stolen; } catch { result.push(${JSON.stringify(one)}); }`,
        )
        .join("\n"),
    ),
    victim: body(
      [...targets, "({ toString: stolen }).toString"]
        .map((one) => `if ((${one})?.stolen === true) result.push(${JSON.stringify(one)});`)
        .join("\n"),
    ),
  });
  const params = { origin: bridge.url };
  const { body: tampered } = await bridge.call("tamper", params);
  // Most throw; what does not is the module's own.
  expect(tampered.data, bridge.output()).toContain("Object.prototype.x");
  expect(tampered.data).toContain("Promise.prototype.then");
  expect(tampered.data).not.toContain("({}).toString");
  const { body: seen } = await bridge.call("victim", params);
  expect(seen).toEqual({ data: ["({ toString: stolen }).toString"] });
}, 60_000);

it("lets a package set how deep a stack is recorded, as depd does when it is loaded, to no effect", async () => {
  const bridge = await serveModules({
    deep: `Error.stackTraceLimit = Math.max(50, Error.stackTraceLimit);
      const prepare: any = Error.prepareStackTrace;
      class Own extends Error {}
      const of = (one: any) => [one instanceof Error, one.constructor.name, one.stack.split("\\n")[0], /deep/.test(one.stack)];
      export default () => [Error.stackTraceLimit, of(new Error("a")), of(Error("b")), of(new Own("c")), of(new TypeError("d")),
        Object.getPrototypeOf(TypeError) === Error, Error.isError(new Error()), new Error("e", { cause: 1 }).cause];`,
  });
  expect((await bridge.call("deep")).body).toEqual({
    data: [
      10,
      [true, "Error", "Error: a", true],
      [true, "Error", "Error: b", true],
      [true, "Own", "Error: c", true],
      [true, "TypeError", "TypeError: d", true],
      ...[true, true, 1],
    ],
  });
}, 60_000);

it("lets objects of a module have what they like under inherited names", async () => {
  const bridge = await serveModules({
    own: `import { EventEmitter } from "node:events";
      class Failure extends Error { name = "Failure"; message = "own"; toString() { return "said"; } }
      function Old(this: any) { this.valueOf = 1; }
      Old.prototype.toString = () => "old";
      Old.prototype.constructor = Old;
      export default () => {
        const o: any = {}; o.toString = () => "text"; o.hasOwnProperty = 1; o.constructor = 2;
        const error: any = new TypeError("a"); error.message = "b"; error.name = "c"; error.toString = () => "d";
        const f: any = () => {}; f.bind = 3; f.toString = () => "f";
        const emitter: any = new EventEmitter(); emitter.emit = () => "emitted"; emitter.on("a", () => {});
        (globalThis as any).kept = 4;
        return [String(o), o.constructor, error.message, error.name, String(error), f.bind, String(f), emitter.emit(),
          String(new (Old as any)()), new Failure().message, String(new Failure()), (globalThis as any).kept,
          Object.assign({}, { toString: 5 }).toString];
      }`,
    other: "export default () => [typeof (globalThis as any).kept]",
  });
  expect((await bridge.call("own")).body.data, bridge.output()).toEqual([
    "text",
    2,
    "b",
    "c",
    "d",
    3,
    "f",
    "emitted",
    "old",
    "own",
    "said",
    4,
    5,
  ]);
  expect((await bridge.call("other")).body.data).toEqual(["undefined"]);
}, 60_000);
