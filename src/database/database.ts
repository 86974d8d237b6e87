/**
 * One session with one Postgres, or with PGlite, which is one. Statements run one after the other.
 * What Postgres refuses is thrown as an `SqlError`; `bigint` and `numeric` come as strings.
 */
export interface Database {
  /** Runs one statement; `$1` is the first of `values`. The caller vouches that `Row` is what the statement gives. */
  query<Row extends Record<string, unknown>>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Runs any number of statements, separated by semicolons. */
  script(sql: string): Promise<void>;
  /** Opens another session with the same server, as the same role. An embedded Postgres has one only. */
  another?(): Promise<Database>;
  /** Lets an embedded Postgres make these extensions; those that it lacks as empty ones, which bring nothing. */
  provide?(extensions: readonly string[]): Promise<void>;
  /** Whether the session is nobody else's from beginning to end, so that a prepared statement stays. */
  readonly keepsStatements?: true;
  close(): Promise<void>;
}
