import type { Cutter } from "../../runtime/cutter.ts";
import type { PostgresServer } from "../../services/postgres-server.ts";
import type { Bridge, BridgeOptions } from "./bridge.ts";
import type { Load, Way } from "./load.ts";

/** What a fault is made with. What is started here ends when the fault is over. */
export type Stage = {
  postgres: PostgresServer;
  /** A way to the database on which answers get lost. */
  cutter: Cutter;
  sql(text: string): Promise<unknown>;
  /** Starts a Bridge, with the database itself where no other URL is given. */
  start(options?: BridgeOptions & { url?: string }): Promise<Bridge>;
  /** Loads an origin with all ways to write, or with those that are named, while a fault lasts. */
  load(origin: string, fault: () => Promise<void>, ways?: readonly Way[]): Promise<Load>;
  /** Runs something once the fault is over. */
  after(work: () => Promise<unknown>): void;
};

/** A fault, and what it means for an operator. */
export type Fault = { name: string; means: string; run(stage: Stage): Promise<Load> };

/** A fault of the database or of the way to it, under one Bridge. */
export const underOneBridge =
  (fault: (stage: Stage, bridge: Bridge) => Promise<void>, ways?: readonly Way[]): Fault["run"] =>
  async (stage) => {
    const bridge = await stage.start();
    return stage.load(bridge.origin, () => fault(stage, bridge), ways);
  };
