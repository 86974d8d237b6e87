import pg from "pg";
import { answerTooLarge } from "../error.ts";
import { OwnTypes } from "../sql/own-types.ts";
import { BoundedQuery } from "./bounded-query.ts";
import { cancel } from "./cancel.ts";
import type { Pending } from "./pending.ts";

/** What a session tells the pool that holds it. */
export type SessionEvents = {
  answered(session: Session, pending: Pending, error: Error | null, result: pg.QueryResult): void;
  lost(session: Session): void;
};

/** One connection to Postgres. Statements are written at once and answered in order: it is a pipeline. */
export class Session {
  /** Held by one transaction or one write, behind which nothing is sent. */
  exclusive = false;
  /** Takes no more statements, and ends when the last was answered. */
  retired = false;
  /** When a cancel request was sent last; it may still hit a statement. */
  cancelledAt = Number.NEGATIVE_INFINITY;
  /** Statements that wait for their answers, the one that runs first. */
  readonly sent: Pending[] = [];
  readonly #client: pg.Client;
  readonly #events: SessionEvents;
  readonly #types: OwnTypes;
  #progressAt = 0;
  #gathering = false;

  private constructor(client: pg.Client, events: SessionEvents, types: OwnTypes) {
    this.#client = client;
    this.#events = events;
    this.#types = types;
  }

  /** Connects. Rejects with what Postgres or the socket reports. */
  static async open(config: pg.ClientConfig, events: SessionEvents): Promise<Session> {
    const types = new OwnTypes();
    const client = new pg.Client({ ...config, types, pipeline: true, keepAlive: true });
    const session = new Session(client, events, types);
    client.on("error", () => events.lost(session));
    await client.connect();
    client.on("end", () => events.lost(session));
    return session;
  }

  /** For how long the statement at the head has been running, in milliseconds. */
  runningMs(now: number): number {
    return this.sent.length === 0 ? 0 : now - this.#progressAt;
  }

  send(pending: Pending): void {
    if (this.sent.length === 0) this.#progressAt = performance.now();
    this.sent.push(pending);
    const { statement, values } = pending.sending;
    this.#gather();
    // Extended always: the simple protocol would also run what stands behind a semicolon.
    const config = { name: statement.name, text: statement.text, values: [...values], queryMode: "extended" };
    const { maxBytes = Number.POSITIVE_INFINITY } = statement;
    const exceeded = () => {
      pending.reject(answerTooLarge(maxBytes));
      this.cancel(performance.now());
    };
    const done = (error: Error | null, result: pg.QueryResult) => {
      if (error !== null || !this.#types.lacks(result)) this.#answered(pending, error, result);
      else this.#learn(pending, result);
    };
    this.#client.query(new BoundedQuery(config, done, maxBytes, exceeded));
  }

  #answered(pending: Pending, error: Error | null, result: pg.QueryResult): void {
    if (this.sent[0] === pending) this.sent.shift();
    else this.sent.splice(this.sent.indexOf(pending), 1);
    this.#progressAt = performance.now();
    this.#events.answered(this, pending, error, result);
  }

  /** On this session, as a type may have been made in the transaction that is open. */
  #learn(pending: Pending, result: pg.QueryResult): void {
    const ask = async (text: string, values: readonly string[]) =>
      (await this.#client.query<Record<string, unknown>>(text, [...values])).rows;
    this.#types.learn(result, ask).then(
      () => this.#answered(pending, null, result),
      (error: Error) => this.#answered(pending, error, result),
    );
  }

  /** Statements of one turn of the event loop leave in one write: a write costs more than all else that is done here. */
  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    const { stream } = this.#client.connection;
    stream.cork();
    setImmediate(() => {
      this.#gathering = false;
      stream.uncork();
    });
  }

  /** Cancels the statement that runs. */
  cancel(now: number): void {
    this.cancelledAt = now;
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
}
