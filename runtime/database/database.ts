/**
 * A statement with `$1`-style parameters, each cast in the text (`$1::uuid`). With a `name` it is prepared once per
 * connection and kept; the same name always has the same text. `readOnly` is set where it surely changes nothing: it
 * may be run twice.
 */
export type SqlStatement = {
  readonly name?: string;
  readonly text: string;
  readonly readOnly?: boolean;
  /** Whether a project wrote it: it may call what does anything to the session that it runs on. */
  readonly ofLogic?: boolean;
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
   * @throws {CallError} `answer_too_large` beyond the statement's `maxBytes`; `unavailable` and `timeout` when the
   * database was not reached, or not in time, and nothing was changed; `outcome_unknown` when the answer to a write was
   * lost.
   */
  query(statement: SqlStatement, values: readonly unknown[], signal?: AbortSignal): Promise<Rows>;
}

/** How a transaction may be run. */
export type TransactionOptions = {
  /** Whether `work` does nothing but run statements, so that it may be run from its start again. */
  readonly repeatable?: boolean;
  /** Whether Postgres refuses its writes. */
  readonly readOnly?: boolean;
  /** SQL that names the table that it is about, as far as that is known before. */
  readonly about?: string;
};

/** What runs statements and transactions. */
export interface Transactional extends Queryable {
  /** Whether it joins an open transaction, in which nothing runs after a statement failed outside of `transaction`. */
  readonly isJoined?: boolean;
  /**
   * Runs `work` in one transaction, rolled back when it throws. The signal ends it.
   *
   * @throws {CallError} as {@link Queryable.query}; `conflict` when a table's definition changed meanwhile.
   */
  transaction<T>(
    work: (transaction: Queryable) => Promise<T>,
    signal?: AbortSignal,
    options?: TransactionOptions,
  ): Promise<T>;
}

/** One database of the project, behind a pool. */
export interface Database extends Transactional {
  /** Runs reads of the Bridge's own on a connection beside the pool, so that they wait for no call. */
  readonly reserved: Queryable;
  /** Whether a pooler in front of it runs statements of the pool: a question that waits for its turn says nothing then. */
  readonly isAtWork?: boolean;
  /** Lets `reserved` look for its server anew: the one that it has is not what the URL asks for. */
  renew?(): void;
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
  /** The domain that the constraint is of. */
  readonly dataType?: string | undefined;
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

const maxCauses = 8;

/** Postgres' own report in an error or in what caused it; undefined where there is none. */
export function reportIn(error: unknown): DatabaseError | undefined {
  let one = error;
  for (let depth = 0; depth < maxCauses && one instanceof Error; depth += 1) {
    if (isDatabaseError(one)) return one;
    one = one.cause;
  }
  return undefined;
}
