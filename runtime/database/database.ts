/**
 * A statement with `$1`-style parameters, each cast in the text (`$1::uuid`). With a `name` it is prepared once per
 * connection and kept; the same name always has the same text.
 */
export type SqlStatement = {
  readonly name?: string;
  readonly text: string;
  /** The most bytes that its rows may have as Postgres sends them; what is beyond is never kept. */
  readonly maxBytes?: number | undefined;
};

/** A row by column name, its values as JSON may hold them (`schema/wire.ts`). */
export type Row = Record<string, unknown>;

/** The result of a statement; `count` is how many rows it gave or wrote. */
export type Rows = { readonly rows: Row[]; readonly count: number };

/** What runs statements. */
export interface Queryable {
  /**
   * Values are bound as text; an array is a list parameter.
   *
   * @throws {DatabaseError} what Postgres refused.
   * @throws {CallError} `answer_too_large` beyond the statement's `maxBytes`; `unavailable` and `timeout` when the database was not reached, or not in time.
   */
  query(statement: SqlStatement, values: readonly unknown[], signal?: AbortSignal): Promise<Rows>;
}

/** One database of the project, behind a pool. */
export interface Database extends Queryable {
  /** Runs `work` in one transaction, rolled back when it throws. The signal ends it. */
  transaction<T>(work: (transaction: Queryable) => Promise<T>, signal?: AbortSignal): Promise<T>;
  close(): Promise<void>;
}

/** The fields of Postgres' error report that are read here; `code` is the SQLSTATE. Never shown to a client. */
export type DatabaseError = Error & {
  readonly code: string;
  readonly severity: string;
  readonly schema?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly constraint?: string | undefined;
  /** Where in the statement, in characters from 1. */
  readonly position?: string | undefined;
  /** What was being done: functions, and the parameter that was read. */
  readonly where?: string | undefined;
  /** The statement of a function that failed. */
  readonly internalQuery?: string | undefined;
};

/** Whether something thrown is Postgres' own report: it has a severity and a five-character SQLSTATE. */
export const isDatabaseError = (error: unknown): error is DatabaseError =>
  error instanceof Error &&
  "severity" in error &&
  "code" in error &&
  typeof error.code === "string" &&
  /^[0-9A-Z]{5}$/.test(error.code);
