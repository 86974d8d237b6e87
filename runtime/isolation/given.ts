import { AsyncLocalStorage, AsyncResource, executionAsyncId, triggerAsyncId } from "node:async_hooks";
import process from "node:process";
import { format } from "node:util";
import type { Log } from "../log.ts";
import { logicScope } from "../logic-scope.ts";

const nothing = (): void => undefined;
const refused = (name: string) => (): never => {
  throw new Error(`\`process.${name}\` is not given to logic: the process is that of all calls.`);
};

/** Lines of logic that are no calls of `context.log`; with the call that they are of. */
function outputOf(log: Log) {
  const inert = () => output;
  const output = {
    isTTY: false,
    columns: 80,
    write(text: unknown): boolean {
      const { path, requestId } = logicScope() ?? {};
      log.info({ requestId, path }, format("%s", text).trimEnd());
      return true;
    },
    ...{ on: inert, once: inert, off: inert, emit: inert, removeListener: inert, end: inert },
  };
  return output;
}

/** What stands in the place of `process`: facts, and no way to the process itself. */
export function givenProcess(
  env: Readonly<Record<string, string | undefined>>,
  log: Log,
  getBuiltinModule: (name: string) => unknown,
) {
  const { title, version, versions, arch, platform, release, pid, nextTick, hrtime, emitWarning } = process;
  const output = outputOf(log);
  const inert = () => given;
  const given = {
    ...{ title, version, versions: { ...versions }, arch, platform, release: { ...release }, pid },
    ...{ nextTick, hrtime, emitWarning, getBuiltinModule, stdout: output, stderr: output },
    ...{ env: { ...env }, argv: [], argv0: "node", execArgv: [], execPath: "", features: {}, config: {} },
    cwd: () => "/",
    uptime: () => process.uptime(),
    memoryUsage: Object.assign(() => process.memoryUsage(), { rss: () => process.memoryUsage.rss() }),
    cpuUsage: () => process.cpuUsage(),
    umask: () => 0o22,
    // Listeners are never called: what happens to the process is not of a module's business.
    ...{
      on: inert,
      once: inert,
      off: inert,
      addListener: inert,
      removeListener: inert,
      prependListener: inert,
    },
    ...{ removeAllListeners: inert, setMaxListeners: inert, emit: () => false, listeners: () => [] },
    ...{ listenerCount: () => 0, eventNames: () => [] },
    ...{ exit: refused("exit"), abort: refused("abort"), kill: refused("kill"), chdir: refused("chdir") },
  };
  return given;
}

/** Of Node's timeline, which names every request of the process, only the clock. */
export function givenPerformance() {
  const { performance: clock } = globalThis;
  const none = () => [];
  return {
    now: () => clock.now(),
    timeOrigin: clock.timeOrigin,
    toJSON: () => ({ timeOrigin: clock.timeOrigin }),
    timerify: <T>(work: T): T => work,
    ...{ mark: nothing, measure: nothing, clearMarks: nothing, clearMeasures: nothing },
    ...{ getEntries: none, getEntriesByName: none, getEntriesByType: none },
  };
}

/** An observer to which nothing happens. */
export class GivenObserver {
  static readonly supportedEntryTypes = [];
  observe(): void {}
  disconnect(): void {}
  takeRecords(): [] {
    return [];
  }
}

/** Node's own holds the values of every AsyncLocalStorage, the Bridge's among them. */
class GivenResource {
  readonly #resource: AsyncResource;
  constructor(type: string) {
    this.#resource = new AsyncResource(type);
  }
  runInAsyncScope(work: (...given: unknown[]) => unknown, self?: unknown, ...given: unknown[]): unknown {
    return this.#resource.runInAsyncScope(work, self, ...given);
  }
  bind(work: (...given: unknown[]) => unknown): unknown {
    return this.#resource.bind(work);
  }
  static bind(work: (...given: unknown[]) => unknown): unknown {
    return AsyncLocalStorage.bind(work);
  }
  emitDestroy(): this {
    return this;
  }
  asyncId(): number {
    return this.#resource.asyncId();
  }
  triggerAsyncId(): number {
    return this.#resource.triggerAsyncId();
  }
}

/** Without hooks: they are given the sockets of all others. */
export const givenAsyncHooks = {
  ...{ AsyncLocalStorage, AsyncResource: GivenResource, executionAsyncId, triggerAsyncId },
};

/** Channels to which nobody listens: on Node's own, every request of the process is told with its headers. */
export function givenChannels() {
  class Channel {
    readonly hasSubscribers = false;
    readonly name: unknown;
    constructor(name: unknown) {
      this.name = name;
    }
    publish(): void {}
    subscribe(): void {}
    unsubscribe(): boolean {
      return false;
    }
    bindStore(): void {}
    unbindStore(): boolean {
      return false;
    }
    runStores(
      _: unknown,
      work: (...given: unknown[]) => unknown,
      self?: unknown,
      ...given: unknown[]
    ): unknown {
      return Reflect.apply(work, self, given);
    }
  }
  const run = (work: (...given: unknown[]) => unknown, _?: unknown, self?: unknown, ...given: unknown[]) =>
    Reflect.apply(work, self, given);
  return {
    Channel,
    channel: (name: unknown) => new Channel(name),
    hasSubscribers: () => false,
    subscribe: nothing,
    unsubscribe: () => false,
    tracingChannel: () => ({
      ...{ hasSubscribers: false, subscribe: nothing, unsubscribe: () => false },
      ...{ traceSync: run, tracePromise: run },
      traceCallback: (
        work: (...given: unknown[]) => unknown,
        _p?: unknown,
        _c?: unknown,
        self?: unknown,
        ...given: unknown[]
      ) => Reflect.apply(work, self, given),
      ...Object.fromEntries(
        ["start", "end", "asyncStart", "asyncEnd", "error"].map((name) => [name, new Channel(name)]),
      ),
    }),
  };
}
