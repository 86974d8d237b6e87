import process from "node:process";
import { freeze } from "./freeze.ts";
import { denied } from "./inert.ts";
import { refuseListening, refuseServers } from "./listening.ts";
import { withOwnBody } from "./own-body.ts";
import { inOwnScope } from "./own-scope.ts";

/** The properties in which V8 keeps what a regular expression was last tried on, whoever did it: a token, a password. */
const lastMatch = [
  ...["input", "$_", "lastMatch", "$&", "lastParen", "$+", "leftContext", "$`", "rightContext", "$'"],
  ...["$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9"],
];

/** What would change something for all, by module of Node. */
const forAll = {
  crypto: ["setEngine", "setFips"],
  // It leads to the values of every AsyncLocalStorage.
  events: ["EventEmitterAsyncResource"],
  http: ["setGlobalProxyFromEnv", "setMaxIdleHTTPParsers"],
  os: ["setPriority"],
  stream: ["setDefaultHighWaterMark"],
  // It opens files.
  zlib: ["ZipFile"],
} as const;

/** Closes what of Node's objects would show a module what the Bridge and other modules do, and puts `given` in its place. */
export function closeHost(given: Readonly<{ process: { stdout: object } } & Record<string, unknown>>): void {
  for (const name of lastMatch) Reflect.deleteProperty(RegExp, name);
  for (const [module, names] of Object.entries(forAll))
    for (const name of names)
      if (name in Object(process.getBuiltinModule(module)))
        Object.defineProperty(process.getBuiltinModule(module), name, { value: denied(`${module}.${name}`) });
  closeMemory();
  closeHttp();
  refuseListening();
  refuseServers();
  closeFetch();
  // Where the defaults of every emitter stand: assigning them on each new one is to stay cheap.
  const emitter = process.getBuiltinModule("node:events").prototype;
  for (const name of ["_events", "_eventsCount", "_maxListeners"]) Reflect.deleteProperty(emitter, name);
  for (const name of ["_stdout", "_stderr"])
    Object.defineProperty(console, name, { value: given.process.stdout, configurable: true });
  // They keep their indentation on the console, which all share.
  const { log: line } = console;
  Object.assign(console, { group: line, groupCollapsed: line, groupEnd: () => undefined });
  for (const name of ["localStorage", "sessionStorage", "__zod_globalRegistry"])
    Reflect.deleteProperty(globalThis, name);
  for (const [name, value] of Object.entries({ ...given, Buffer }))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

/** Small buffers share one piece of memory, and unsafe ones show what was in theirs before. */
function closeMemory(): void {
  Buffer.poolSize = 0;
  const zeroed = { value: (size: number) => Buffer.alloc(size) };
  Object.defineProperties(Buffer, { allocUnsafe: zeroed, allocUnsafeSlow: zeroed });
}

function closeHttp(): void {
  const http = process.getBuiltinModule("node:http");
  const https = process.getBuiltinModule("node:https");
  http.globalAgent = agentForEach(http.Agent, http.globalAgent);
  https.globalAgent = agentForEach(https.Agent, https.globalAgent);
}

/** An agent without state of its own, that gives each request another: one shows the requests of all its users. */
function agentForEach<T extends import("node:http").Agent>(
  Agent: new (options: import("node:https").AgentOptions) => T,
  before: T,
): T {
  const agent: T = Object.create(Object.getPrototypeOf(before), Object.getOwnPropertyDescriptors(before));
  const options = { ...Object(Reflect.get(before, "options")), keepAlive: false };
  return Object.assign(agent, {
    addRequest(request: { agent: unknown }, ...rest: unknown[]) {
      const own = new Agent(options);
      request.agent = own;
      const add: unknown = Reflect.get(own, "addRequest");
      if (typeof add === "function") Reflect.apply(add, own, [request, ...rest]);
    },
  });
}

/** What fetch sends with stands in two properties of the global object that anybody may replace. */
function closeFetch(): void {
  void globalThis.Headers; // loads fetch
  for (const version of [1, 2]) {
    const name = Symbol.for(`undici.globalDispatcher.${version}`);
    const dispatcher: unknown = Reflect.get(globalThis, name);
    if (typeof dispatcher !== "object" || dispatcher === null) continue;
    const dispatch: unknown = Reflect.get(dispatcher, "dispatch");
    if (typeof dispatch !== "function") continue;
    const value = {
      dispatch: (options: unknown, handler: unknown): unknown =>
        Reflect.apply(dispatch, dispatcher, [withOwnBody(options), inOwnScope(handler)]),
    };
    Object.defineProperty(globalThis, name, { value: freeze(value), writable: false });
  }
}
