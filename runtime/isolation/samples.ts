import { AsyncResource } from "node:async_hooks";
import process from "node:process";

/** One of each kind of value whose prototype or functions no name leads to. Logic comes by them as it makes its own. */
export function samples(): unknown[] {
  return [...syntax(), ...sockets(), ...ofNode()];
}

function syntax(): unknown[] {
  const traced = {};
  Error.captureStackTrace(traced);
  const generator = function* () {};
  const asyncGenerator = async function* () {};
  const segments = new Intl.Segmenter().segment("a");
  return [
    ...[traced, generator, asyncGenerator, generator(), asyncGenerator(), async () => undefined],
    ...[[].values(), new Map().entries(), new Set().values(), "a"[Symbol.iterator](), "a".matchAll(/a/g)],
    ...[
      call([].values(), "map", String),
      call(Reflect.get(globalThis, "Iterator"), "from", { next: String }),
    ],
    ...[segments, segments[Symbol.iterator]()],
  ];
}

/** What the types of the oldest Node that is supported do not know. */
function call(of: object, name: string, ...given: unknown[]): unknown {
  const method: unknown = Reflect.get(of, name);
  return typeof method === "function" ? Reflect.apply(method, of, given) : undefined;
}

function ofNode(): unknown[] {
  const zlib = process.getBuiltinModule("node:zlib");
  const crypto = process.getBuiltinModule("node:crypto");
  const key = Buffer.alloc(16);
  const gzip = zlib.createGzip();
  const timer = setTimeout(() => undefined);
  const turn = setImmediate(() => undefined);
  clearTimeout(timer);
  clearImmediate(turn);
  return [
    ...[
      gzip,
      Reflect.get(Object(Reflect.get(gzip, "_writableState")), "writecb"),
      zlib.createBrotliCompress(),
      zlib.createZstdCompress(),
    ],
    ...[crypto.createHash("sha1"), crypto.createHmac("sha1", key), crypto.createSecretKey(key)],
    ...[
      crypto.createCipheriv("aes-128-cbc", key, key),
      crypto.createSign("sha1"),
      crypto.createVerify("sha1"),
    ],
    call(crypto.createSecretKey(key), "toCryptoKey", { name: "HMAC", hash: "SHA-1" }, true, ["sign"]),
    ...[crypto.createECDH("prime256v1"), crypto.getDiffieHellman("modp14")],
    ...[new AsyncResource("sample"), new AbortController(), new MessageChannel(), new TextDecoder()],
    ...[new Response(""), new Request("http://a"), new FormData(), new URL("http://a?b"), timer, turn],
  ];
}

/** Sockets, of which the connections to the database are made too. */
function sockets(): unknown[] {
  const net = process.getBuiltinModule("node:net");
  const tls = process.getBuiltinModule("node:tls");
  const tcp = new net.Socket();
  const secure = new tls.TLSSocket(tcp);
  const local = new net.Socket();
  const opened = [tcp, secure, local];
  for (const socket of opened) socket.on("error", () => undefined);
  tcp.connect({ host: "127.0.0.1", port: 1 });
  local.connect({ path: "/" });
  const handles = opened.map((socket): unknown => Reflect.get(socket, "_handle"));
  // In this turn of the event loop nothing is sent.
  for (const socket of opened) socket.destroy();
  // A parser that a module had is not the parser of somebody's next request.
  const common: object = Object(process.getBuiltinModule("_http_common"));
  Object.assign(Object(Reflect.get(common, "parsers")), { max: 0 });
  const shared = [net, tls, process.getBuiltinModule("node:dns"), common];
  return [...opened, ...handles, ...shared.flatMap((module) => Object.values(module))];
}
