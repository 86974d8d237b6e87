import { setTimeout as wait } from "node:timers/promises";
import { bridgeLimits } from "../config/bridge.ts";
import type { DeclaredSchema } from "../schema/declared.ts";
import { backoffMs } from "./backoff.ts";
import type { Database } from "./database/database.ts";
import { misfits } from "./database/fit.ts";
import type { Log } from "./log.ts";

/** Why the Bridge takes no traffic. */
export type Reason = {
  readonly connection?: string;
  readonly code: "starting" | "draining" | "database_unreachable" | "schema_mismatch";
  readonly message: string;
};

/** What `/readyz` answers, with 200 when there is no reason against. */
export type ReadinessReport = { readonly status: "ready" | "unready"; readonly reasons: readonly Reason[] };

/** The databases of a release, and the schema that each must have. */
export type ReadinessInput = {
  readonly databases: ReadonlyMap<string, Database>;
  readonly schemas: Readonly<Record<string, DeclaredSchema>>;
  readonly log: Log;
};

const limits = bridgeLimits.readiness;
const ping = { text: "select 1" };
const nothing: DeclaredSchema = { enums: {}, tables: {} };

/** Watches whether the databases are there and have the schema that the release was built for. */
export class Readiness {
  /** Whether every database fitted once: before that no call is answered. */
  fitted = false;
  /** Settled when every database was asked once. */
  readonly asked: Promise<void>;
  readonly #input: ReadinessInput;
  readonly #reasons = new Map<string, readonly Reason[]>();
  readonly #stopped = new AbortController();
  #pingedAt = Number.NEGATIVE_INFINITY;
  #pinging: Promise<void> | undefined;

  constructor(input: ReadinessInput) {
    this.#input = input;
    for (const connection of input.databases.keys())
      this.#reasons.set(connection, [
        { connection, code: "starting", message: "The database was not asked yet." },
      ]);
    this.asked = Promise.all(
      [...input.databases].map(([name, database]) => this.#watch(name, database)),
    ).then(() => this.#settle());
  }

  /** Asks the databases whether they are still there, at most once a second. */
  async report(): Promise<ReadinessReport> {
    this.#pinging ??= this.#ping().finally(() => {
      this.#pinging = undefined;
    });
    await this.#pinging;
    const reasons = [...this.#reasons.values()].flat();
    return { status: reasons.length === 0 ? "ready" : "unready", reasons };
  }

  /** Asks no more. */
  stop(): void {
    this.#stopped.abort();
  }

  /** Checks until the database fits; settled after the first time. */
  async #watch(name: string, database: Database): Promise<void> {
    if (await this.#check(name, database)) return;
    void this.#retry(name, database);
  }

  async #retry(name: string, database: Database): Promise<void> {
    const { signal } = this.#stopped;
    for (let failures = 1; !signal.aborted; failures += 1) {
      await wait(backoffMs(limits, failures), undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted || (await this.#check(name, database))) return;
    }
  }

  async #check(connection: string, database: Database): Promise<boolean> {
    const reasons = await this.#reasonsAgainst(connection, database);
    const before = JSON.stringify(this.#reasons.get(connection));
    this.#reasons.set(connection, reasons);
    if (reasons.length > 0 && JSON.stringify(reasons) !== before && !this.#stopped.signal.aborted)
      this.#input.log.warn({ reasons }, "The Bridge is not ready.");
    this.#settle();
    return reasons.length === 0;
  }

  async #reasonsAgainst(connection: string, database: Database): Promise<readonly Reason[]> {
    try {
      const found = await misfits(database, this.#input.schemas[connection] ?? nothing);
      return found.map((message) => ({ connection, code: "schema_mismatch", message }));
    } catch (error) {
      return [unreachable(connection, error)];
    }
  }

  #settle(): void {
    if (this.fitted || [...this.#reasons.values()].some((reasons) => reasons.length > 0)) return;
    this.fitted = true;
    this.#input.log.info({ connections: [...this.#reasons.keys()] }, "The Bridge is ready.");
  }

  async #ping(): Promise<void> {
    if (performance.now() - this.#pingedAt < limits.freshMs) return;
    await Promise.all(
      [...this.#input.databases].map(async ([name, database]) => {
        if (this.#reasons.get(name)?.length !== 0) return; // is being watched
        try {
          await database.query(ping, [], AbortSignal.timeout(limits.pingMs));
        } catch (error) {
          this.#reasons.set(name, [unreachable(name, error)]);
          this.#input.log.warn({ reasons: this.#reasons.get(name) }, "The Bridge is not ready.");
          void this.#retry(name, database);
        }
      }),
    );
    this.#pingedAt = performance.now();
  }
}

const unreachable = (connection: string, error: unknown): Reason => ({
  connection,
  code: "database_unreachable",
  message: error instanceof Error ? error.message : "The database cannot be reached.",
});
