/**
 * A row by column name, its values as JSON: `bigint` and `numeric` are strings, times RFC 3339. A number within `json`
 * that a double would change is a JSON.rawJSON value.
 */
export type Row = Record<string, unknown>;

/** The rows of a select; `more` where it had no `limit` and there are more than one call gives. */
export type SelectedRows<T = Row> = T[] & { readonly more?: true };

/**
 * Runs one statement. Every `${value}` is bound, never pasted into the text: null is NULL, a list is
 * JSON where JSON stands and else an array of Postgres, a `Date` a time, any other object is JSON. undefined is refused
 * with a TypeError.
 *
 * Rejects with Postgres' report when it refuses: an `Error` whose `code` is the SQLSTATE.
 *
 * @example const [ticket] = await context.sql<{ title: string }>`select title from tickets where id = ${id}`;
 */
export type Sql = <T extends object = Row>(
  strings: TemplateStringsArray,
  ...values: readonly unknown[]
) => Promise<T[]>;

/** A transaction that is open. */
export type Transaction = { readonly sql: Sql };

/** One database. */
export type Connection = {
  readonly sql: Sql;
  /** Runs `work` in one transaction, rolled back when it throws. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
};

/** Writes a line to the Bridge's log, with the call's path and request id. */
export type LogLine = (message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** The platform's AbortSignal where its types are known, else the part of it that is always there. */
type Signal = typeof globalThis extends { AbortSignal: { prototype: infer T } }
  ? T
  : { readonly aborted: boolean; readonly reason: unknown; throwIfAborted(): void };

/** What a custom call is given beside its params: the caller, the databases, other calls. */
export type Context = Connection & {
  /** Who calls; `id` is undefined for the anonymous. Roles are sorted, with `public` and `authenticated`. */
  readonly user: { readonly id: string | undefined; readonly roles: readonly string[] };
  /** The token's claims. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** The variables that the front matter names under `env`. */
  readonly env: Readonly<Record<string, string>>;
  /** Aborted when the call's time is over. */
  readonly signal: Signal;
  readonly requestId: string;
  readonly log: {
    readonly debug: LogLine;
    readonly info: LogLine;
    readonly warn: LogLine;
    readonly error: LogLine;
  };
  /** Another database of the project than the one that the front matter names. */
  connection(name: string): Connection;
  /**
   * Makes another call as the same caller, through the permissions. Private logic can be called too. The rows of a
   * select are {@link SelectedRows}.
   */
  call<T = unknown>(path: string, params?: Readonly<Record<string, unknown>>): Promise<T>;
  /**
   * Ends the call with an error that the client sees: `logic_failed` (422) with the message, and with the code and
   * the details in `details`.
   *
   * @example throw context.fail("ticket_not_found", "There is no such ticket.");
   */
  fail(code: string, message: string, details?: Readonly<Record<string, unknown>>): never;
};

/** The default export of a module under `logic/`. What it returns is the answer, as JSON. */
export type Handler<Params = Record<string, unknown>, Result = unknown> = (
  params: Params,
  context: Context,
) => Result | Promise<Result>;
