import process from "node:process";
import type { Log } from "../log.ts";
import { offerError } from "./error-class.ts";
import { offerFinalization } from "./finalization-class.ts";
import { freeze, freezeCommon, freezeKinds } from "./freeze.ts";
import { GivenObserver, givenAsyncHooks, givenChannels, givenPerformance, givenProcess } from "./given.ts";
import { givenCrypto } from "./given-crypto.ts";
import { givenTimers, Timer } from "./given-timers.ts";
import { hideDecoders } from "./hidden-decoders.ts";
import { hideFrames } from "./hidden-frames.ts";
import { closeHost } from "./host.ts";
import { closeImports, givenModules } from "./imports.ts";
import { refuseListeningBy } from "./listening.ts";
import { offerGlobals } from "./own-global.ts";
import { hideContexts, ofHttp, ofJobs, ofLocks, samples } from "./samples.ts";
import { closeSockets, HiddenTimer, socketRequests, socketSamples } from "./sockets.ts";

/** What {@link isolate} takes of the process. */
export type IsolateInput = {
  /** The address of the Bridge's own file. */
  readonly bridge: string;
  /** The variables that modules and packages see in `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What else of the Bridge modules come by: the classes of the errors that they catch. */
  readonly shared: readonly object[];
  readonly log: Log;
};

/**
 * Closes the process for the modules that are loaded after it: what they share with the Bridge and with one another is
 * frozen, and nothing of it leads to what others keep. It cannot be undone, and is for a process that is the Bridge's.
 */
export async function isolate({ bridge, env, shared, log }: IsolateInput): Promise<void> {
  hideFrames();
  hideDecoders();
  const sockets = socketSamples();
  const requests = await socketRequests(sockets);
  const kinds = [
    ...sockets,
    ...requests,
    ...samples(),
    ...(await ofHttp()),
    ...(await ofJobs()),
    await ofLocks(),
  ];
  hideContexts(kinds);
  closeSockets(sockets);
  refuseListeningBy(sockets);
  const replaced = new Map<string, object>();
  const given = givenModules(replaced);
  const ownProcess = givenProcess(env, log, given);
  const timers = givenTimers();
  const performance = givenPerformance();
  const require = Object.assign(
    (name: string) => {
      const module = given(name);
      if (module !== undefined) return module;
      throw Object.assign(new Error(`Cannot find module '${name}'`), { code: "MODULE_NOT_FOUND" });
    },
    { resolve: (name: string) => name, cache: {} },
  );
  replaced.set("crypto", givenCrypto());
  replaced.set("process", ownProcess);
  replaced.set("timers", { ...timers, promises: process.getBuiltinModule("node:timers/promises") });
  replaced.set("module", { createRequire: () => require, builtinModules: [], isBuiltin: () => false });
  replaced.set("async_hooks", givenAsyncHooks);
  replaced.set("diagnostics_channel", givenChannels());
  replaced.set("perf_hooks", { performance, PerformanceObserver: GivenObserver });
  replaced.set("tty", { isatty: () => false });
  closeHost({ ...timers, performance, PerformanceObserver: GivenObserver, process: ownProcess });
  closeImports(bridge, given);
  offerError();
  offerFinalization();
  offerGlobals();
  for (const one of [...shared, Timer, HiddenTimer, Reflect.get(navigator, "locks"), globalThis]) freeze(one);
  freezeKinds(kinds);
  freezeCommon(new ReadableStream(), new ReadableStream());
  freezeCommon(new TransformStream(), new TransformStream());
}
