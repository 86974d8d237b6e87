import { HeldStorage } from "./held-storage.ts";
import type { SourceLocations } from "./logic/source-map.ts";

/** The module's code that runs at this moment, in whatever timer, event handler or promise. */
export type LogicScope = {
  /** The path of the call, or the module's file while it is loaded. */
  readonly path: string;
  readonly requestId?: string;
  readonly sources: SourceLocations;
  /** Fails the call, if it is still open. */
  fail(error: unknown): void;
};

const scopes = new HeldStorage<LogicScope>();

/** The module's code that runs, or undefined where it is the Bridge's own. */
export const logicScope = (): LogicScope | undefined => scopes.get();

/** Runs a module's code. What it throws where nobody can catch it fails the promise too. */
export function runLogic<T>(of: Omit<LogicScope, "fail">, work: () => Promise<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  scopes.run({ ...of, fail: reject }, () => work().then(resolve, reject));
  return promise;
}

/** Runs what the Bridge makes for all calls, whoever was the first to need it. */
export const outsideLogic = <T>(work: () => T): T => scopes.exit(work);
