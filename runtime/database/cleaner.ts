import type pg from "pg";
import { sealed } from "../sealed.ts";
import type { SqlStatement } from "./database.ts";
import type { Pending } from "./pending.ts";
import { cleaning, lentCleaning, logicCleaning, type Traces, tracesOf } from "./traces.ts";

/**
 * Takes away what statements leave on a session, before anybody else gets it: at once behind the one that ends their
 * transaction, so that no caller waits for it. A session on which that fails is never given on.
 *
 * A pooler lends its session to others as soon as a transaction is over: there the last one is followed by another one
 * without a pause (`and chain`), in which it is cleaned. Where that fails, the connection is cut within that
 * transaction, so that the pooler ends its session.
 */
export class Cleaner {
  /** Whether the session is not known to be clean. */
  isAtWork = false;
  readonly #client: pg.Client;
  readonly #keeps: boolean;
  readonly #done: (isClean: boolean) => void;
  #left: Traces = "none";

  /**
   * @param keeps whether the session is the client's own, and not lent by a pooler.
   * @param done told what came of each cleaning.
   */
  constructor(client: pg.Client, keeps: boolean, done: (isClean: boolean) => void) {
    this.#client = client;
    this.#keeps = keeps;
    this.#done = done;
  }

  /** Notes what is about to be sent; says whether it leaves what cannot be taken away. */
  note(statement: SqlStatement): boolean {
    const traces = tracesOf(statement);
    if (traces !== "none" && this.#left !== "logic") this.#left = traces;
    return traces === "more";
  }

  /** The text that a statement is sent with. */
  textOf(pending: Pending): string {
    const { text } = pending.sending.statement;
    return !this.#keeps && this.#isDue(pending) ? `${text} and chain` : text;
  }

  /** Cleans behind a statement that was sent, where it ends what left something. */
  follow(pending: Pending): void {
    if (!this.#isDue(pending)) return;
    const left = this.#left;
    this.#left = "none";
    this.isAtWork = true;
    if (this.#keeps) this.#cleanKept(left);
    else this.#cleanLent();
  }

  #isDue({ sending: { part } }: Pending): boolean {
    return this.#left !== "none" && part !== "begin" && part !== "inner";
  }

  /** What stands in `options` is what settings are set back to. */
  #cleanKept(left: Traces): void {
    const text = left === "logic" ? logicCleaning() : cleaning();
    this.#client.query<Record<string, unknown>>(text, (error: Error | null, results) => {
      this.#end(error === null && (left !== "logic" || this.#ownsNames([results].flat().at(-1)?.rows[0])));
    });
  }

  /** Whether all that is prepared is the Bridge's, and nothing of it is gone: a name may lead elsewhere otherwise. */
  #ownsNames(prepared: Readonly<Record<string, unknown>> | undefined): boolean {
    const own = Object.keys(this.#client.connection.parsedStatements).length;
    return Number(prepared?.own) === own && Number(prepared?.others) === 0;
  }

  #cleanLent(): void {
    this.#client.query(lentCleaning(), (error: Error | null) => {
      if (error === null)
        this.#client.query("commit", (failure: Error | null) => this.#end(failure === null));
      else this.#end(false);
    });
  }

  #end(isClean: boolean): void {
    this.isAtWork = !isClean; // what may be unclean gets nothing until its socket is gone
    this.#done(isClean);
  }
}
sealed(Cleaner);
