import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import { expect, it } from "vitest";
import { logicImports } from "../../../config/logic-imports.ts";
import { useBridgeFile } from "../bridge-process.ts";
import { serveModules } from "../logic-process.ts";

useBridgeFile();

const imports = [...logicImports];
const source = (name: string) => readFileSync(`test/runtime/isolation/${name}.ts`, "utf8");

/** Makes one of each kind of value that it can make: of the prototypes nothing may be left to change. */
const maker = `
${imports.map((name, index) => `import * as m${index} from "node:${name}";`).join("\n")}
${source("shared-walk")}
${source("instances-walk")}
let before: Map<object, string> | undefined;
const http: any = m${imports.indexOf("http")}, https: any = m${imports.indexOf("https")};
const requested = (origin: string) => new Promise<any>((resolve, reject) =>
  http.get(origin + "/readyz", ({ socket }: any) => resolve({ socket, handle: socket._handle, parser: socket.parser })).on("error", reject));
const tried = (work: () => unknown) => { try { return work(); } catch (error) { return error; } };
export default async function it({ origin }: any) {
  const real = (0, eval)("this");
  const globals = Object.fromEntries(Reflect.ownKeys(real).filter((key) => key !== "console").map((key) => [String(key), tried(() => real[key])]));
  const { port1, port2 } = new MessageChannel(), stream = new ReadableStream();
  const secure = https.globalAgent.createConnection({ host: "127.0.0.1", port: 1 }).on("error", () => undefined);
  const subtle: any = crypto.subtle;
  port2.postMessage("a");
  const own = {
    message: await new Promise((resolve) => { port1.onmessage = resolve; }),
    pair: await subtle.generateKey("Ed25519", true, ["sign", "verify"]), secret: await subtle.generateKey({ name: "AES-GCM", length: 128 }, true, ["encrypt"]),
    certificate: new (m${imports.indexOf("crypto")} as any).X509Certificate(${JSON.stringify(rootCertificates[0])}),
    navigator, port1, port2, secure, ...(await requested(origin)), fetched: await fetch(origin + "/readyz"),
    traced: tried(() => { const traced = {}; Error.captureStackTrace(traced); return traced; }),
    syntax: [function* () {}, async function* () {}, (function* () {})(), (async function* () {})(), async () => {}],
    iterators: [[].values(), new Map().entries(), new Set().values(), "a"[Symbol.iterator](), "a".matchAll(/a/g), [].values().map(String), (Iterator as any).from({ next: String })],
    cloned: [structuredClone(new Blob(["a"])), structuredClone(new Map()), structuredClone(stream, { transfer: [stream] as any })],
  };
  const errors = [() => new URL("a"), () => new (URL as any)(), () => Buffer.from(1 as any), () => Buffer.alloc(-1), () => http.validateHeaderName("")].map(tried);
  const made = await instances({ globals, ${imports.map((name, index) => `"${name}": { ...m${index} }`).join(", ")} }, own);
  const { found, count } = changeable({ made, own, errors });
  port1.close();
  // Functions that Node gives every request and server to listen with: nobody reads what is written on them.
  const isListener = (path: string) => /\\._events\\.|\\._onPendingData|\\.timeoutCb|kErroredValue/.test(path);
  const shared = before === undefined ? [] : [...found].filter(([value, path]) => before?.has(value) && !isListener(path)).map(([, path]) => path);
  before = found;
  return { shared, count, kinds: Object.keys(made).length };
}`;

it("lets no module change what the iterators, keys, streams and parsers of others inherit", async () => {
  const bridge = await serveModules({ it: maker }, { server: { timeMs: 60_000 } });
  const params = { origin: bridge.url };
  const first = await bridge.call("it", params);
  expect(first, bridge.output()).toMatchObject({ status: 200 });
  const { body } = await bridge.call("it", params);
  expect(body).toEqual({ data: { shared: [], count: expect.any(Number), kinds: expect.any(Number) } });
  expect(JSON.parse(JSON.stringify(body)).data.kinds).toBeGreaterThan(150);
}, 120_000);
