import { sealed } from "../sealed.ts";
import type { Result } from "./bounded-query.ts";
import type { Connector } from "./connector.ts";
import type { Queryable, Rows, SqlStatement } from "./database.ts";
import { isSessionFailure } from "./failure.ts";
import { Pending, timedOut, unreachable } from "./pending.ts";
import { refusalOf } from "./refusal.ts";
import type { Session } from "./session.ts";
import { runTransaction } from "./transaction.ts";

/** A session beside the pool, for reads of the Bridge's own: it waits for no call. Opened when first used. */
export class Reserved implements Queryable {
  readonly #connector: Connector;
  readonly #silentMs: number;
  readonly #reached: () => void;
  #session: Promise<Session> | undefined;
  /** The one that is open; undefined while there is none to be lost. */
  #opened: Session | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param reached told when the database answered after it was not connected. */
  constructor(connector: Connector, silentMs: number, reached: () => void) {
    this.#connector = connector;
    this.#silentMs = silentMs;
    this.#reached = reached;
  }

  /** One after the other: what is asked here is short and seldom. */
  query(statement: SqlStatement, values: readonly unknown[], signal?: AbortSignal): Promise<Rows> {
    const turn = this.#last.then(() => this.#query(statement, values, signal));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #query(statement: SqlStatement, values: readonly unknown[], signal?: AbortSignal): Promise<Rows> {
    if (signal?.aborted === true) throw timedOut();
    this.#session ??= this.#open();
    const session = await this.#session.catch((error: unknown) => {
      this.#session = undefined;
      throw unreachable(refusalOf(error));
    });
    const late = setTimeout(() => session.destroy(), this.#silentMs);
    const destroy = () => session.destroy();
    signal?.addEventListener("abort", destroy);
    try {
      const asked = { ...statement, readOnly: true };
      const settings = this.#connector.local;
      if (settings !== undefined) {
        const run = { readOnly: true, signal, settings, isFirst: true };
        return await runTransaction(session, (inner) => inner.query(asked, values), run);
      }
      return await new Promise((resolve, reject) => {
        const sending = { statement: asked, values, signal, exclusive: false };
        session.send(new Pending({ ...sending, part: "whole" }, resolve, reject));
      });
    } finally {
      clearTimeout(late);
      signal?.removeEventListener("abort", destroy);
    }
  }

  async #open(): Promise<Session> {
    const session = await this.#connector.open(this);
    this.#opened = session;
    this.#reached();
    return session;
  }

  answered(session: Session, pending: Pending, error: Error | null, result: Result): void {
    if (error === null) pending.resolve(result);
    else if (!isSessionFailure(error)) pending.reject(error);
    else {
      this.lost(session);
      pending.reject(unreachable(refusalOf(error)));
    }
  }

  /** What is asked here leaves nothing. */
  freed(): void {}

  /** A session that is lost is not used again; one that was replaced may be lost later. */
  lost(session: Session): void {
    if (session === this.#opened) this.#session = undefined;
  }

  /** Asks on a new session from now on: of the servers of the URL another may be the right one. */
  renew(): void {
    const before = this.#session;
    this.#session = undefined;
    this.#opened = undefined;
    before?.then((session) => session.end()).catch(() => undefined);
  }

  async close(): Promise<void> {
    const session = await this.#session?.catch(() => undefined);
    await session?.end();
  }
}
sealed(Reserved);
