import type { Database, Queryable, Rows, SqlStatement, Transactional } from "../database/database.ts";
import { CallError } from "../error.ts";
import { HeldStorage } from "../held-storage.ts";
import { sealed } from "../sealed.ts";
import { answerTo, isCollision } from "../sql/failure.ts";

const places = new HeldStorage<OpenTransactions>();

/** No statement of logic has a savepoint of this name; the newest one of a name hides the others. */
const name = '"+stk"';
const save = `savepoint ${name}`;
const release = `release savepoint ${name}`;
const rollback = `rollback to savepoint ${name}`;

/** What a call with a key has to keep to, and whether the place is inside of a transaction that its module opened. */
type Keyed = { readonly opened: { transactions: number }; readonly inside: boolean };

/** A connection of a call: `call` is the signal of the request, which no other request has. */
export type CallConnection = {
  readonly call: AbortSignal;
  readonly connection: string;
  readonly database: Database;
};

/**
 * The transactions that a call has open at one place of its code, by connection. All that runs at the place joins them,
 * so that no call waits for a session while it holds one of the same connection. Statements and inner calls of one place
 * run one after the other, since savepoints must nest.
 *
 * The place is followed through `await` and belongs to its request: what another request does there does not join.
 */
export class OpenTransactions {
  readonly #call: AbortSignal;
  readonly #outer: OpenTransactions | undefined;
  readonly #open: ReadonlyMap<string, Queryable>;
  readonly #keyed: Keyed | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #ended = false;

  private constructor(
    call: AbortSignal,
    outer: OpenTransactions | undefined,
    open: ReadonlyMap<string, Queryable>,
    keyed: Keyed | undefined,
  ) {
    this.#call = call;
    this.#outer = outer;
    this.#open = open;
    this.#keyed = keyed;
  }

  /** Those at the place that runs now, of the request with this signal. */
  static of(call: AbortSignal): OpenTransactions | undefined {
    const here = places.get();
    return here !== undefined && here.#call === call ? here : undefined;
  }

  /** Runs `work` in a transaction: behind a savepoint where one is open, else in a new one. */
  static async transaction<T>(
    { call, connection, database }: CallConnection,
    work: (transaction: Queryable) => Promise<T>,
  ): Promise<T> {
    const here = OpenTransactions.of(call);
    const joined = here?.queryable(connection);
    if (here !== undefined && joined !== undefined) {
      here.#assertFirst();
      const keyed = here.#keyed && { ...here.#keyed, inside: true };
      return here.#behindSavepoint(() => work(joined), keyed);
    }
    const begin = () =>
      database.transaction((opened) => {
        const outer = here === undefined ? [] : here.#open;
        const open = new Map([...outer, [connection, opened]]);
        const inside = new OpenTransactions(call, here, open, undefined);
        return inside.#run(() => work(inside.#joining(connection)));
      }, call);
    return here === undefined ? begin() : here.#inTurn(begin);
  }

  /**
   * Runs a call with a key, all of it in one transaction. The module that it runs may open one itself, and uses no other
   * connection: what it does is done once, or not at all. Where it is `repeatable`, it runs no module.
   */
  static keyed<T>(
    { call, connection, database }: CallConnection,
    repeatable: boolean,
    work: (transaction: Queryable) => Promise<T>,
  ): Promise<T> {
    return database.transaction(
      (opened) => {
        const keyed = { opened: { transactions: 0 }, inside: false };
        const inside = new OpenTransactions(call, undefined, new Map([[connection, opened]]), keyed);
        return inside.#run(() => work({ query: (...statement) => inside.#query(connection, ...statement) }));
      },
      call,
      { repeatable },
    );
  }

  /**
   * What runs statements in the open transaction of a connection; undefined where none is open.
   *
   * @throws {CallError} `key_refused` where the call has a key, and that is of another connection.
   */
  queryable(connection: string): Queryable | undefined {
    if (this.#open.has(connection)) return this.#joining(connection);
    if (this.#keyed !== undefined) throw keyRefused("several_connections", "uses several connections");
    return undefined;
  }

  /**
   * The database of a connection for a call that is made inside. A collision is final there: the transaction keeps the
   * locks that collided, so that trying again cannot help.
   */
  database(connection: string): Transactional | undefined {
    if (this.queryable(connection) === undefined) return undefined;
    const query: Queryable["query"] = async (...statement) => {
      try {
        return await this.#innermost().#query(connection, ...statement);
      } catch (error) {
        throw isCollision(error) ? answerTo(error, () => undefined) : error;
      }
    };
    return {
      isJoined: true,
      query,
      transaction: (work) => this.savepoint(() => work({ query })),
    };
  }

  /** Runs `work` behind a savepoint of every open transaction: what it did is undone where it throws. */
  savepoint<T>(work: () => Promise<T>): Promise<T> {
    return this.#behindSavepoint(work, this.#keyed);
  }

  #behindSavepoint<T>(work: () => Promise<T>, keyed: Keyed | undefined): Promise<T> {
    return this.#inTurn(async () => {
      // Written together with the first statement; where it fails, so does that.
      const saved = this.#all(save);
      saved.catch(() => undefined);
      try {
        const result = await new OpenTransactions(this.#call, this, this.#open, keyed).#run(work);
        await saved;
        await this.#all(release);
        return result;
      } catch (error) {
        await Promise.all([this.#all(rollback), this.#all(release)]).catch(() => undefined);
        throw error;
      }
    });
  }

  #joining(connection: string): Queryable {
    return {
      query: (...statement) => {
        const here = this.#innermost();
        const send = () => here.#innermost().#query(connection, ...statement);
        // Without a key it would be a transaction of its own, whose failure ends no other.
        return here.#keyed?.inside === false ? here.savepoint(send) : send();
      },
    };
  }

  #assertFirst(): void {
    if (this.#keyed === undefined || this.#keyed.inside) return;
    this.#keyed.opened.transactions += 1;
    if (this.#keyed.opened.transactions > 1)
      throw keyRefused("several_transactions", "opens several transactions");
  }

  /** The place that runs now where it is inside of this one: this one waits until that is done. */
  #innermost(): OpenTransactions {
    const here = places.get();
    for (let place = here; here !== undefined && place !== undefined; place = place.#outer)
      if (place === this) return here;
    return this;
  }

  async #query(
    connection: string,
    statement: SqlStatement,
    values: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<Rows> {
    const opened = this.#open.get(connection);
    if (opened === undefined) throw new Error(`No transaction of ${connection} is open here.`);
    return this.#inTurn(() => opened.query(statement, values, signal));
  }

  async #all(text: string): Promise<void> {
    await Promise.all([...this.#open.values()].map((opened) => opened.query({ text }, [])));
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#ended) throw new Error("A statement was sent after its transaction was over.");
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Runs `work` at this place, and what it began without waiting for it. */
  async #run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await places.run(this, work);
    } finally {
      this.#ended = true;
      await this.#last;
    }
  }
}
sealed(OpenTransactions);

const keyRefused = (reason: string, what: string): CallError =>
  new CallError("key_refused", `This call takes no key: it ${what}.`, { details: { reason } });
