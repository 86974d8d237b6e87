import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import process from "node:process";

/** One of each kind of value whose prototype or functions no name leads to. Logic comes by them as it makes its own. */
export function samples(): unknown[] {
  const all = [...syntax(), ...ofCrypto(), ...ofNode()];
  return [...all, ...all.flatMap(iterators)];
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
function call(of: object, name: string | symbol, ...given: unknown[]): unknown {
  const method: unknown = Reflect.get(of, name);
  return typeof method === "function" ? Reflect.apply(method, of, given) : undefined;
}

function ofCrypto(): unknown[] {
  const crypto = process.getBuiltinModule("node:crypto");
  const key = Buffer.alloc(16);
  const secret = crypto.createSecretKey(key);
  const [root = ""] = process.getBuiltinModule("node:tls").rootCertificates;
  return [
    ...[crypto.createHash("sha1"), crypto.createHmac("sha1", key), crypto.createSign("sha1")],
    ...[crypto.createVerify("sha1"), crypto.createCipheriv("aes-128-cbc", key, key)],
    ...[crypto.createDecipheriv("aes-128-cbc", key, key), crypto.createECDH("prime256v1")],
    ...[crypto.getDiffieHellman("modp14"), crypto.createDiffieHellman(Buffer.from([23]))],
    ...[secret, ...Object.values(crypto.generateKeyPairSync("ed25519")), new crypto.X509Certificate(root)],
    call(secret, "toCryptoKey", { name: "HMAC", hash: "SHA-1" }, true, ["sign"]),
  ];
}

function ofNode(): unknown[] {
  const zlib = process.getBuiltinModule("node:zlib");
  const { Duplex, duplexPair, Readable } = process.getBuiltinModule("node:stream");
  const gzip = zlib.createGzip();
  const timer = setTimeout(() => undefined);
  const turn = setImmediate(() => undefined);
  clearTimeout(timer);
  clearImmediate(turn);
  const file = new File(["a"], "b");
  return [
    ...[gzip, Reflect.get(Object(Reflect.get(gzip, "_writableState")), "writecb")],
    ...[zlib.createBrotliCompress(), zlib.createBrotliDecompress()],
    ...[zlib.createZstdCompress?.(), zlib.createZstdDecompress?.()],
    ...[call(new AsyncLocalStorage(), "withScope", 1), timer, Reflect.get(timer, "_idlePrev")],
    ...[new AsyncResource("sample"), new AbortController(), new MessageChannel(), new TextDecoder()],
    ...[new Response(""), new Request("http://a"), new FormData(), new URL("http://a?b"), timer, turn],
    ...[new Headers(), new URLSearchParams("a"), file, file.stream(), Readable.from([]), Duplex.from([])],
    call(zlib, "createZipArchiveSync", []),
    ...[...duplexPair(), listenedTo()],
    ...[new ReadableStream({ type: "bytes" }), new WritableStream(), new TransformStream()],
    ...Reflect.ownKeys(file).map((name) => call(Object(Reflect.get(file, name)), "getReader")),
    ...thrown(),
  ];
}

/** A signal with a listener: what stands for that is of one kind for all of the process. */
function listenedTo(): AbortSignal {
  const { signal } = new AbortController();
  signal.addEventListener("abort", () => undefined, { once: true });
  return signal;
}

/** Node has a class for each code of its errors. These are the ones that say what they were given. */
function thrown(): unknown[] {
  const works = [
    () => new URL("a"),
    () => Reflect.construct(URL, []),
    () => Reflect.get(URL.prototype, "href"),
    () => Reflect.apply(Buffer.from, Buffer, [1]),
    () => Buffer.alloc(-1),
    () => Buffer.from("a").readInt8(2),
    () => process.getBuiltinModule("node:http").validateHeaderName(""),
    () => process.getBuiltinModule("node:http").validateHeaderValue("a", "\u0000"),
  ];
  return works.map((work) => {
    try {
      return work();
    } catch (error) {
      return error;
    }
  });
}

/** What a sample gives to whoever iterates over it. */
function iterators(sample: unknown): unknown[] {
  if (typeof sample !== "object" || sample === null) return [];
  const names = ["entries", "keys", "values", Symbol.iterator, Symbol.asyncIterator];
  return names.map((name) => {
    try {
      return call(sample, name);
    } catch {
      return undefined; // a stream that is read already
    }
  });
}

/** A client's and a server's parser of HTTP, with what they hold of their connections. */
export async function ofHttp(): Promise<unknown[]> {
  const http = process.getBuiltinModule("node:http");
  const { Duplex } = process.getBuiltinModule("node:stream");
  const [mine, theirs] = [new Duplex({ read() {} }), new Duplex({ read() {} })];
  const request = http.request({ createConnection: () => mine }).on("error", () => undefined);
  const server = http.createServer({ connectionsCheckingInterval: 1_000 });
  server.emit("listening"); // makes the list of its connections
  server.emit("connection", theirs);
  await new Promise((resolve) => process.nextTick(resolve));
  const parsers = [mine, theirs].map((socket): unknown => Reflect.get(socket, "parser"));
  request.destroy();
  theirs.destroy();
  const lists = Reflect.ownKeys(server).map((key): unknown => Reflect.get(server, key));
  const checking = lists.find((one) => one instanceof Object && "_onTimeout" in one);
  if (checking instanceof Object && "close" in checking) call(checking, "close");
  // A parser that a module had is not the parser of somebody's next request.
  const common: object = Object(process.getBuiltinModule("_http_common"));
  Object.assign(Object(Reflect.get(common, "parsers")), { max: 0 });
  const modules = ["net", "tls", "dns"].map((name) => process.getBuiltinModule(name));
  return [
    ...parsers,
    request,
    ...lists,
    ...[...modules, common].flatMap((module) => Object.values(Object(module))),
  ];
}

/** Native jobs of crypto, which do the work of tokens too. Their callbacks are called on them. */
export function ofJobs(): Promise<unknown[]> {
  const crypto = process.getBuiltinModule("node:crypto");
  const key = Buffer.alloc(16);
  const { privateKey, publicKey } = crypto.generateKeyPairSync("ed25519");
  const works: ((done: (this: unknown) => void) => unknown)[] = [
    (done) => crypto.sign(null, key, privateKey, done),
    (done) => crypto.verify(null, key, publicKey, key, done),
    (done) => crypto.randomBytes(1, done),
    (done) => crypto.randomFill(key, done),
    (done) => crypto.pbkdf2("a", "b", 1, 1, "sha1", done),
    (done) => crypto.scrypt("a", "b", 1, { N: 2 }, done),
    (done) => crypto.hkdf("sha1", key, key, key, 1, done),
    (done) => crypto.generateKeyPair("ed25519", undefined, done),
    (done) => crypto.generateKeyPair("ec", { namedCurve: "P-256" }, done),
    (done) => crypto.generateKey("aes", { length: 128 }, done),
    (done) => crypto.generatePrime(8, done),
    (done) => crypto.checkPrime(Buffer.from([7]), done),
  ];
  return Promise.all(
    works.map(
      (work) =>
        new Promise<unknown>((resolve) => {
          work(function () {
            resolve(this);
          });
        }),
    ),
  );
}

/** What is given to whoever holds a lock of the process. */
export const ofLocks = async (): Promise<unknown> =>
  "locks" in navigator ? navigator.locks.request("santokit", async (lock) => lock) : undefined; // Node 22 has none

/** Methods of native objects that give the values of every AsyncLocalStorage to whoever has such an object. */
const forDebugging = /ForDebugging/;

/** Takes those methods away from what the samples inherit. */
export function hideContexts(all: readonly unknown[]): void {
  const natives = all.flatMap((sample) => [sample, Reflect.get(Object(sample), "_handle")]);
  for (const prototype of new Set(natives.flatMap(prototypesOf)))
    for (const name of Object.getOwnPropertyNames(prototype))
      if (forDebugging.test(name)) Reflect.deleteProperty(prototype, name);
}

function prototypesOf(value: unknown): object[] {
  const prototype: object | null = Object.getPrototypeOf(Object(value));
  return prototype === null ? [] : [prototype, ...prototypesOf(prototype)];
}
