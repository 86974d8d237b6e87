import { bridgeLimits } from "../config/bridge.ts";
import { backoffMs } from "./backoff.ts";
import { type Database, reportIn } from "./database/database.ts";
import { Refusal } from "./database/refusal.ts";
import { findMismatches, type SchemaNeeds } from "./database/schema-mismatch.ts";
import { CallError } from "./error.ts";
import type { Log } from "./log.ts";
import type { Reason } from "./reason.ts";
import { isFailedCheck } from "./table/passed.ts";

/** What a watch over one connection is made of. */
export type WatchInput = {
  readonly connection: string;
  readonly database: Pick<Database, "reserved" | "renew" | "isAtWork">;
  readonly needs: SchemaNeeds;
  /** Whether calls are known to write to it, so that a read-only database is of no use. */
  readonly isWritten: boolean;
  /** Whether the Bridge is ready without it. */
  readonly isOptional: boolean;
  /** Whether a schema mismatch at the start leaves the Bridge ready. */
  readonly servesMismatch: boolean;
  readonly log: Log;
};

const limits = bridgeLimits.readiness;
/** Not `transaction_read_only`: behind a pooler the question itself is asked in a transaction that is read-only. */
const ping = {
  text: "select current_setting('default_transaction_read_only') = 'on' or pg_is_in_recovery() as \"readOnly\"",
};

/**
 * Watches one database: whether it is there, may be written to, and has what the calls use. It must fit once; what does
 * not fit later fails the calls concerned and nothing else.
 */
export class ConnectionWatch {
  /** Whether calls were let through once. */
  opened = false;
  /** Why it keeps the Bridge unready; empty where it is fine. */
  reasons: readonly Reason[];
  readonly #input: WatchInput;
  readonly #onChange: () => void;
  #concerned: ReadonlyMap<string, string> = new Map();
  #refused = 0;
  #wasReady = false;
  #failures = 0;
  #checking: Promise<void> | undefined;
  #suspicion: Promise<void> | undefined;
  #suspectedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param onChange is called when the reasons may have changed. */
  constructor(input: WatchInput, onChange: () => void) {
    this.#input = input;
    this.#onChange = onChange;
    const { connection } = input;
    this.reasons = [{ connection, code: "starting", message: "The database was not asked yet." }];
  }

  /** Looks at everything, and again later. Never rejects. */
  check(): Promise<void> {
    this.#checking ??= this.#look().finally(() => {
      this.#checking = undefined;
      this.#schedule();
    });
    return this.#checking;
  }

  /** Asks a database that was fine whether it still is, and has one looked at that was fine before. */
  async ping(): Promise<void> {
    if (this.reasons.length > 0) {
      if (this.opened) void this.check(); // whoever asks is not to wait for it
      return;
    }
    const reason = await this.#away();
    if (reason === undefined) return;
    this.#set([reason]);
    this.#schedule();
  }

  /** Makes a call, or refuses it where the schema does not fit it. */
  guard<T>(call: string, make: () => Promise<T>): Promise<T> {
    if (this.#concerned.has(call)) return Promise.reject(this.#refuse());
    return make().catch((error: unknown) => this.#rethrow(call, error));
  }

  /** Asks no more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** An error that may come from the schema has it looked at, once in a while, before it is believed. */
  async #rethrow(call: string, error: unknown): Promise<never> {
    const report = reportIn(error);
    if (report === undefined || !speaksOfSchema.test(report.code) || isFailedCheck(report)) throw error;
    const now = performance.now();
    if (now - this.#suspectedAt > limits.suspectMs) {
      this.#suspectedAt = now;
      this.#suspicion = this.check();
    }
    await this.#suspicion;
    throw this.#concerned.has(call) ? this.#refuse(error) : error;
  }

  #refuse(cause?: unknown): CallError {
    this.#refused += 1;
    return new CallError("schema_mismatch", "The database does not have the schema that this call needs.", {
      cause,
    });
  }

  async #look(): Promise<void> {
    const away = await this.#away();
    if (away !== undefined) {
      this.#set([away]);
      return;
    }
    const { connection, database, needs, isOptional, servesMismatch } = this.#input;
    try {
      const mismatches = await findMismatches(database.reserved, needs, AbortSignal.timeout(limits.checkMs));
      const messages = new Set(mismatches.map(({ message }) => message));
      const isTolerated = this.opened || servesMismatch || isOptional;
      if (isTolerated || messages.size === 0) {
        this.opened = true;
        this.#concern(new Map(mismatches.map(({ call, message }) => [call, message])), messages);
        this.#set([]);
      } else
        this.#set(
          shortened([...messages]).map((message) => ({ connection, code: "schema_mismatch", message })),
        );
    } catch (error) {
      // Once it was fine, one look that was too slow says nothing: the ping tells whether the database is there.
      if (!this.opened || this.reasons.length > 0) this.#set([unreachable(connection, error)]);
    }
  }

  async #away(): Promise<Reason | undefined> {
    const { connection, database, isWritten } = this.#input;
    try {
      const { rows } = await database.reserved.query(ping, [], AbortSignal.timeout(limits.pingMs));
      if (!isWritten || rows[0]?.readOnly !== true) return undefined;
      database.renew?.();
      return {
        connection,
        code: "database_read_only",
        message: "The database is read-only, and calls write to it.",
      };
    } catch (error) {
      // A pooler that lends all it has lets the question wait, or refuses it; it is no absence.
      return this.opened && database.isAtWork === true ? undefined : unreachable(connection, error);
    }
  }

  #concern(concerned: ReadonlyMap<string, string>, messages: ReadonlySet<string>): void {
    const { connection, log } = this.#input;
    const hadSome = this.#concerned.size > 0;
    this.#concerned = concerned;
    const refused = this.#refused;
    this.#refused = 0;
    const calls = [...concerned.keys()];
    if (calls.length > 0)
      log.error(
        { connection, calls: shortened(calls), mismatches: shortened([...messages]), refused },
        mismatched,
      );
    else if (hadSome) log.info({ connection, refused }, "The schema fits the release again.");
  }

  #set(reasons: readonly Reason[]): void {
    const { connection, isOptional, log } = this.#input;
    const isNew = JSON.stringify(reasons) !== JSON.stringify(this.reasons);
    this.#failures = reasons.length + this.#concerned.size === 0 ? 0 : this.#failures + 1;
    this.reasons = reasons;
    if (isNew && reasons.length > 0 && !this.#stopped)
      log.warn({ reasons }, isOptional ? "An optional database is not ready." : "The Bridge is not ready.");
    if (isNew && reasons.length === 0 && this.#wasReady)
      log.info({ connection }, "The database is ready again.");
    this.#wasReady ||= reasons.length === 0;
    this.#onChange();
  }

  /** Soon where something is wrong; otherwise every so often, and not in step with other replicas. */
  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    const usual = limits.recheckMs * (0.75 + Math.random() / 2);
    const ms = this.#failures > 0 ? backoffMs(limits, this.#failures) : usual;
    this.#timer = setTimeout(() => void this.check(), ms).unref();
  }
}

/**
 * SQLSTATEs behind which a changed schema may be: class 42 (syntax error or access rule violation), 3F000
 * (invalid_schema_name), 23502 (not_null_violation), 22P02 (a value that an enum no longer has).
 */
const speaksOfSchema = /^(?:42...|3F000|23502|22P02)$/;
const mismatched = "The schema does not fit the release: these calls fail.";

const maxReported = 20;
const shortened = (texts: readonly string[]): string[] =>
  texts.length <= maxReported
    ? [...texts]
    : [...texts.slice(0, maxReported), `And ${texts.length - maxReported} more.`];

function unreachable(connection: string, error: unknown): Reason {
  const { message, cause } = error instanceof Error ? error : new Error("The database cannot be reached.");
  return {
    connection,
    code: "database_unreachable",
    message: cause instanceof Refusal ? cause.message : message,
  };
}
