import type net from "node:net";
import process from "node:process";
import { denied } from "./inert.ts";

/** What stands for a timer where Node looks for it: it can be started anew and cleared, and leads to no other one. */
export class HiddenTimer {
  readonly #timer: NodeJS.Timeout;
  readonly #end: (timer: NodeJS.Timeout) => void;

  constructor(timer: NodeJS.Timeout, end: (timer: NodeJS.Timeout) => void) {
    this.#timer = timer;
    this.#end = end;
  }

  refresh(): this {
    this.#timer.refresh();
    return this;
  }

  // Node clears a timer by setting this.
  get _onTimeout(): boolean {
    return true;
  }

  set _onTimeout(_: unknown) {
    this.#end(this.#timer);
  }
}

const isTimer = (value: unknown): value is NodeJS.Timeout =>
  typeof value === "object" && value !== null && "_idleNext" in value && "refresh" in value;

/**
 * Hides the timer of each socket. Timers of one duration are linked, so that the socket of a module's own request would
 * lead to the sockets of all others.
 */
function hideSocketTimers(): void {
  const { Socket } = process.getBuiltinModule("node:net");
  const end = clearTimeout;
  const key = Object.getOwnPropertySymbols(new Socket()).find(({ description }) => description === "timeout");
  if (key === undefined) throw new Error("This version of Node keeps the timers of sockets elsewhere.");
  const timers = new WeakMap<object, unknown>();
  Object.defineProperty(Socket.prototype, key, {
    get(this: object) {
      return timers.get(this);
    },
    set(this: object, timer: unknown) {
      timers.set(this, isTimer(timer) ? new HiddenTimer(timer, end) : timer);
    },
  });
}

/** Sockets and their handles, of which the connections to the database are made too. */
export function socketSamples(): object[] {
  const net = process.getBuiltinModule("node:net");
  const tls = process.getBuiltinModule("node:tls");
  const tcp = new net.Socket();
  const secure = new tls.TLSSocket(tcp);
  const local = new net.Socket();
  const opened = [tcp, secure, local];
  for (const socket of opened) socket.on("error", () => undefined);
  tcp.connect({ host: "127.0.0.1", port: 1 });
  local.connect({ path: "/" });
  const handles = opened.map((socket): object => Object(Reflect.get(socket, "_handle")));
  // In this turn of the event loop nothing is sent.
  for (const socket of opened) socket.destroy();
  return [...opened, ...handles];
}

/**
 * The requests that a handle is given: to connect, to write, to shut down. Logic may put its own methods on the handle of its
 * own socket, and is given them.
 *
 * @param samples handles among them.
 */
export async function socketRequests(samples: readonly object[]): Promise<object[]> {
  const requests: object[] = [];
  for (const handle of samples) requests.push(...(await requestsOf(handle)));
  return requests;
}

async function requestsOf(handle: object): Promise<object[]> {
  const requests: object[] = [];
  const Handle: unknown = handle.constructor;
  if (typeof Handle !== "function" || !/^(?:TCP|Pipe)$/.test(Handle.name)) return requests;
  const own: object = Reflect.construct(Handle, [0]);
  const note = (request: object): number => {
    requests.push(request);
    return 0;
  };
  const writes = ["writev", "writeBuffer", "writeUtf8String", "writeLatin1String", "writeAsciiString"];
  for (const name of ["connect", "connect6", "shutdown", ...writes])
    Object.defineProperty(own, name, { value: note });
  Object.defineProperty(own, "readStart", { value: () => 0 });
  const socket: net.Socket = Reflect.construct(process.getBuiltinModule("node:net").Socket, [
    { handle: own },
  ]);
  socket.on("error", () => undefined);
  socket.connect(Handle.name === "TCP" ? { host: "127.0.0.1", port: 1 } : { path: "/" });
  await new Promise((resolve) => process.nextTick(resolve)); // an address is connected to in the next tick
  const [connecting] = requests;
  const connected: unknown = connecting && Reflect.get(connecting, "oncomplete");
  if (typeof connected !== "function") throw new Error("This version of Node connects in another way.");
  Reflect.apply(connected, connecting, [0, own, connecting, true, true]);
  socket.write("a");
  socket.end();
  await new Promise((resolve) => setImmediate(resolve)); // what was written comes first
  socket.destroy();
  return requests;
}

/**
 * Keeps the socket of a module's own request from being a way to others: neither it nor its handle leads to a class that
 * opens what the process has open already, such as standard output or the connections of other callers.
 */
export function closeSockets(samples: readonly object[]): void {
  hideSocketTimers();
  for (const prototype of new Set(samples.map((one): object => Object.getPrototypeOf(one)))) {
    const { name }: { name?: unknown } = prototype.constructor;
    const refuse = denied(`net.${String(name)}`);
    const stand = () => {
      refuse();
    };
    Object.defineProperty(stand, "name", { value: name });
    Object.defineProperty(stand, "prototype", { value: prototype });
    Object.defineProperty(prototype, "constructor", { value: stand });
    if ("open" in prototype) Object.defineProperty(prototype, "open", { value: denied("net.Socket") });
  }
}
