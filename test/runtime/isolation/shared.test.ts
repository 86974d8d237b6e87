import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { logicImports } from "../../../config/logic-imports.ts";
import { useBridgeFile } from "../bridge-process.ts";
import { serveModules } from "../logic-process.ts";

useBridgeFile();

const imports = [...logicImports];

/** Collects what a call can reach: of what another call reaches too, nothing may be left to change. */
const collector = `
${imports.map((name, index) => `import * as m${index} from "node:${name}";`).join("\n")}
${readFileSync("test/runtime/isolation/shared-walk.ts", "utf8")}
let before: Map<object, string> | undefined;
const thrown = async (work: () => unknown) => { try { return await work(); } catch (error) { return error; } };
export default async function it({ origin }: any, context: any) {
  const http = m${imports.indexOf("http")}, zlib = m${imports.indexOf("zlib")}, hooks = m${imports.indexOf("async_hooks")}, c = m${imports.indexOf("crypto")}, key = Buffer.alloc(16);
  const client: any = http.request(origin + "/readyz");
  const response: any = await new Promise((resolve, reject) => client.on("response", resolve).on("error", reject).end());
  const roots = {
    global: (0, eval)("this"), ownPrototype: Object.getPrototypeOf(globalThis), context,
    timer: setTimeout(() => {}, 1), turn: setImmediate(() => {}), socket: response.socket, client, response,
    fetched: await fetch(origin + "/readyz"), gzip: zlib.createGzip(), resource: new hooks.AsyncResource("it"),
    crypto: [c.createHash("sha1"), c.createHmac("sha1", "a"), c.createCipheriv("aes-128-cbc", key, key), c.createSecretKey(key), c.createSign("sha1"),
      c.createECDH("prime256v1"), await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-1" }, true, ["sign"])],
    rows: await context.sql\`select 1 as one\`, called: await context.call("other"), connection: context.connection("main"),
    transaction: await context.transaction(async (one: any) => one),
    failed: await thrown(() => context.fail("a", "b", {})), refused: await thrown(() => context.sql\`select 1 / 0\`),
    unknown: await thrown(() => context.connection("none")), forbidden: await thrown(() => context.call("none")),
    unbound: await thrown(() => context.sql\`select \${undefined}\`), text: await thrown(() => context.sql("select 1")),
    error: await thrown(() => { throw new DOMException("it"); }), buffer: Buffer.from("x"), unsafe: Buffer.allocUnsafe(8),
    syntax: [function* () {}, async function* () {}, async () => {}, [].values(), new Map().entries(), /a/g[Symbol.matchAll]("a")],
    ${imports.map((_, index) => `m${index}: { ...m${index} }`).join(", ")},
  };
  const { found, count } = changeable(roots);
  // Functions that Node gives every request to listen with: nobody reads what is written on them.
  const isListener = (path: string) => /\\._events\\.|\\._onPendingData/.test(path);
  const shared = before === undefined ? [] : [...found].filter(([value, path]) => before?.has(value) && !isListener(path)).map(([, path]) => path);
  before = found;
  return { shared, count };
}`;

it("shares nothing with two calls of a module that one of them can change", async () => {
  const bridge = await serveModules(
    { it: collector, other: "export default () => ({ a: [1] })" },
    { server: { timeMs: 30_000 } },
  );
  const params = { origin: bridge.url };
  const first = await bridge.call("it", params);
  expect(first, bridge.output()).toMatchObject({ status: 200 });
  const { body } = await bridge.call("it", params);
  expect(body).toEqual({ data: { shared: [], count: expect.any(Number) } });
  expect(JSON.parse(JSON.stringify(body)).data.count).toBeGreaterThan(5_000);
}, 60_000);
