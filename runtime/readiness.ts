import { bridgeLimits } from "../config/bridge.ts";
import type { Manifest } from "../schema/manifest.ts";
import { ConnectionWatch } from "./connection-watch.ts";
import type { Database } from "./database/database.ts";
import type { Log } from "./log.ts";
import type { Reason } from "./reason.ts";
import { isWritten, schemaNeeds } from "./schema-needs.ts";

/** What `/readyz` answers, with 200 when there is no reason against. */
export type ReadinessReport = { readonly status: "ready" | "unready"; readonly reasons: readonly Reason[] };

/** The databases of a release, and what its calls use of each. */
export type ReadinessInput = {
  readonly databases: ReadonlyMap<string, Database>;
  readonly manifest: Omit<Manifest, "server">;
  /** Whether a schema mismatch at the start leaves the Bridge ready. */
  readonly servesMismatch: boolean;
  readonly log: Log;
};

const limits = bridgeLimits.readiness;

/** Watches whether the databases are there and have what the calls of the release use. */
export class Readiness {
  /** Whether every database that is not optional fitted once: before that no call is answered. */
  fitted = false;
  readonly #watches: ReadonlyMap<string, ConnectionWatch>;
  readonly #required: readonly ConnectionWatch[];
  readonly #log: Log;
  #pingedAt = Number.NEGATIVE_INFINITY;
  #pinging: Promise<void> | undefined;
  #stopped = false;

  constructor({ databases, manifest, servesMismatch, log }: ReadinessInput) {
    this.#log = log;
    const watches = [...databases].map(([connection, database]) => {
      const isOptional = manifest.connections[connection]?.optional === true;
      const needs = schemaNeeds(manifest, connection);
      const input = { connection, database, needs, isOptional, servesMismatch, log };
      const watch = new ConnectionWatch({ ...input, isWritten: isWritten(manifest, connection) }, () =>
        this.#settle(),
      );
      return { connection, isOptional, watch };
    });
    this.#watches = new Map(watches.map(({ connection, watch }) => [connection, watch]));
    this.#required = watches.flatMap(({ isOptional, watch }) => (isOptional ? [] : [watch]));
  }

  /** Makes a call of a connection, or refuses it where the schema does not fit it. */
  guard<T>(call: string, connection: string, make: () => Promise<T>): Promise<T> {
    return this.#watches.get(connection)?.guard(call, make) ?? make();
  }

  /** Begins to watch; settled when every database was asked once. */
  async start(): Promise<void> {
    await Promise.all([...this.#watches.values()].map((watch) => watch.check()));
    this.#settle();
  }

  /** Asks the databases whether they are still there, at most once a second. */
  async report(): Promise<ReadinessReport> {
    this.#pinging ??= this.#ping().finally(() => {
      this.#pinging = undefined;
    });
    await this.#pinging;
    const reasons = this.#required.flatMap((watch) => watch.reasons);
    return { status: reasons.length === 0 ? "ready" : "unready", reasons };
  }

  /** Asks no more. */
  stop(): void {
    this.#stopped = true;
    for (const watch of this.#watches.values()) watch.stop();
  }

  #settle(): void {
    if (this.fitted || this.#stopped || this.#required.some(({ reasons }) => reasons.length > 0)) return;
    this.fitted = true;
    this.#log.info({ connections: [...this.#watches.keys()] }, "The Bridge is ready.");
  }

  async #ping(): Promise<void> {
    if (performance.now() - this.#pingedAt < limits.freshMs) return;
    await Promise.all([...this.#watches.values()].map((watch) => watch.ping()));
    this.#pingedAt = performance.now();
  }
}
