import pg from "pg";
import { bridgeLimits } from "../../config/bridge.ts";
import { sealed } from "../sealed.ts";
import { OwnTypes } from "../sql/own-types.ts";
import { BoundedQuery, type Result } from "./bounded-query.ts";
import { cancel } from "./cancel.ts";
import { Cleaner } from "./cleaner.ts";
import { isOrderlyEnd } from "./failure.ts";
import { GatheredWrites } from "./gathered-writes.ts";
import { type Pending, unreachable } from "./pending.ts";
import { deallocate, Prepared } from "./prepared.ts";
import { readRows } from "./row-messages.ts";
import { RowShape } from "./row-shape.ts";

/** What a session tells the pool that holds it. */
export type SessionEvents = {
  answered(session: Session, pending: Pending, error: Error | null, result: Result): void;
  lost(session: Session): void;
  /** What ran is answered, and nothing of it is left. */
  freed(session: Session): void;
};

/** How a session is opened. */
export type SessionInput = {
  readonly config: pg.ClientConfig;
  /** The server, to tell those of one from those of another. */
  readonly server: string;
  /** Whether what is set and prepared on it stays: not so behind a pooler. */
  readonly keeps: boolean;
  /** What it is asked first; the row is {@link Session.facts}. */
  readonly question: string;
  readonly timeoutMs: number;
};

/** One connection to Postgres. Statements are written at once and answered in order: it is a pipeline. */
export class Session {
  /** Held by one transaction or one write, behind which nothing is sent. */
  exclusive = false;
  /** Takes no more statements, and ends when the last was answered. */
  retired = false;
  /** When a cancel request was sent last; it may still hit a statement. */
  cancelledAt = Number.NEGATIVE_INFINITY;
  /** The statement that it was sent for. */
  cancelling: Pending | undefined;
  /** Whether Postgres said that it ends the session: what was not answered was not run. */
  ended = false;
  readonly server: string;
  /** What Postgres answered to the first question. */
  facts: Readonly<Record<string, unknown>> = {};
  readonly openedAt = performance.now();
  /** When it was last given something to do, or answered. */
  usedAt = this.openedAt;
  /** Statements that wait for their answers, the one that runs first. */
  readonly sent: Pending[] = [];
  readonly #client: pg.Client;
  readonly #events: SessionEvents;
  readonly #types: OwnTypes;
  readonly #spread = 0.9 + Math.random() / 5;
  readonly #prepared: Prepared | undefined;
  readonly #writes = new GatheredWrites();
  readonly #cleaner: Cleaner;
  #broken = false;

  private constructor(client: pg.Client, types: OwnTypes, input: SessionInput, events: SessionEvents) {
    this.#client = client;
    this.#types = types;
    this.#events = events;
    this.server = input.server;
    this.#prepared = input.keeps ? new Prepared(bridgeLimits.pool.prepared) : undefined;
    this.#cleaner = new Cleaner(client, input.keeps, (isClean) =>
      isClean ? events.freed(this) : this.destroy(),
    );
  }

  /** Connects. Rejects with what Postgres or the socket reports. */
  static async open(input: SessionInput, events: SessionEvents): Promise<Session> {
    const types = new OwnTypes();
    const client = new pg.Client({ ...input.config, types, pipeline: true });
    const session = new Session(client, types, input, events);
    readRows(client.connection, () => session.#longestRow);
    client.on("error", () => session.#lose());
    const late = () => client.connection.stream.destroy(new Error("timeout expired"));
    const timer = setTimeout(late, input.timeoutMs);
    try {
      await client.connect();
      // Several statements have several results.
      const results = [await client.query<Record<string, unknown>>(input.question)].flat();
      session.facts = results.flatMap(({ rows }) => rows).find((row) => "+standby" in row) ?? {};
    } catch (error) {
      client.connection.stream.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    client.on("end", () => session.#lose());
    client.on("notice", ({ routine }) => {
      const running = session.sent.find(({ read }) => !read);
      if (routine === "SyncRepWaitForLSN" && running !== undefined) running.unreplicated = true;
    });
    client.connection.on("commandComplete", () => {
      const running = session.sent.find(({ read }) => !read);
      if (running !== undefined) running.completed = true;
    });
    return session;
  }

  /** The process of the server that it talks to; a pooler tells one of its own. */
  get processId(): number | null {
    return this.#client.processID;
  }

  /** Whether its socket is gone. */
  get isBroken(): boolean {
    return this.#broken;
  }

  /** Whether it is gone, or about to. */
  get isOver(): boolean {
    return this.#broken || this.ended;
  }

  /** Whether what ran left something that is being taken away: nothing is to be sent before that is done. */
  get isBeingCleaned(): boolean {
    return this.#cleaner.isAtWork;
  }

  /** For how long it has had nothing to do, in milliseconds. */
  idleMs(now: number): number {
    return this.sent.length === 0 && !this.exclusive ? now - this.usedAt : 0;
  }

  /** Whether it has lived for so long, give or take a tenth, so that not all of a pool end at once. */
  isOlderThan(lifetimeMs: number, now: number): boolean {
    return now - this.openedAt > lifetimeMs * this.#spread;
  }

  /** For how long the statement at the head, or the cleaning, has been running, in milliseconds. */
  runningMs(now: number): number {
    return this.sent.length === 0 && !this.isBeingCleaned ? 0 : now - this.usedAt;
  }

  /** What the statement that runs keeps, in bytes; what the session asks by itself has short rows. */
  get #longestRow(): number {
    const { maxBytes = Number.POSITIVE_INFINITY } =
      this.sent.find(({ read }) => !read)?.sending.statement ?? {};
    return Math.max(maxBytes, bridgeLimits.pool.rowBytes);
  }

  send(pending: Pending): void {
    if (this.#broken) {
      queueMicrotask(() => pending.reject(unreachable()));
      return;
    }
    if (this.sent.length === 0) this.usedAt = performance.now();
    this.#writes.begin(this.#client.connection.stream);
    const { statement, values } = pending.sending;
    const name = pending.repeated ? undefined : this.#prepare(statement.name);
    this.sent.push(pending);
    pending.leave();
    if (this.#cleaner.note(statement)) this.retired = true;
    const { maxBytes = Number.POSITIVE_INFINITY } = statement;
    const query = new BoundedQuery({ name, text: this.#cleaner.textOf(pending), values }, maxBytes, {
      shapeOf: (description) =>
        this.#prepared?.shapeOf(name, description, this.#types) ?? new RowShape(description, this.#types),
      exceeded: () => {
        pending.exceed(maxBytes);
        if (pending.settled) this.cancel(performance.now());
      },
      done: (error, result) => {
        pending.read = true;
        if (error === null && result.shape?.lacksTypes === true) this.#learn(pending, result, result.shape);
        else this.#answer(pending, error, result);
      },
    });
    this.#client.query(query);
    this.#cleaner.follow(pending);
  }

  /** On this session, as a type may have been made in the transaction that is open. */
  #learn(pending: Pending, result: Result, { fields }: RowShape): void {
    const ask = async (text: string, values: readonly string[]) =>
      (await this.#client.query<Record<string, unknown>>(text, [...values])).rows;
    this.#types.learn({ fields, rows: result.rows }, ask).then(
      () => this.#answer(pending, null, result),
      (error: Error) => this.#answer(pending, error, result),
    );
  }

  #answer(pending: Pending, error: Error | null, result: Result): void {
    const index = this.sent.indexOf(pending);
    if (index < 0) return; // pg answers twice where it could not write a value
    this.sent.splice(index, 1);
    this.usedAt = performance.now();
    const { stream } = this.#client.connection;
    const isUnwritten = error !== null && !(error instanceof pg.DatabaseError);
    if (isUnwritten && !this.#broken && !stream.destroyed) {
      pending.reject(error); // it was not written whole, so nothing may follow it
      stream.destroy();
    }
    if (error === null && pending.sending.part === "whole" && this.#client.getTransactionStatus() !== "I") {
      pending.reject(new Error("A statement left a transaction open, which was rolled back."));
      this.retired = true; // what others write here would be part of it
      stream.destroy();
    }
    this.#events.answered(this, pending, error, result);
    if (error !== null && isOrderlyEnd(error)) this.ended = true;
  }

  /** The name under which a statement is sent, once there is room for it. */
  #prepare(name: string | undefined): string | undefined {
    if (name === undefined || this.#prepared === undefined) return undefined;
    const oldest = this.#prepared.use(name);
    if (oldest !== undefined) deallocate(this.#client.connection, oldest);
    return name;
  }

  /** Cancels the statement that runs. */
  cancel(now: number): void {
    this.cancelledAt = now;
    this.cancelling = this.sent[0];
    cancel(this.#client);
  }

  /** Ends without waiting; what was sent is answered with an error. */
  destroy(): void {
    this.#client.connection.stream.destroy();
  }

  /** Ends once what was sent is answered. */
  async end(): Promise<void> {
    await this.#client.end();
  }

  #lose(): void {
    this.#broken = true;
    this.#events.lost(this);
  }
}
sealed(Session);
