import pg from "pg";

/** Whether a statement was cancelled: by a request or by `statement_timeout` (PostgreSQL manual, Appendix A). */
export const isCancelled = (error: Error): boolean =>
  error instanceof pg.DatabaseError && error.code === "57014";

/**
 * Whether Postgres itself reports that it ends the session: what ran was rolled back, what stood behind was not run. A
 * crash is none (it interrupts a commit too), nor is what a pooler reports: it says 08P01 of a server that it lost.
 */
export const isOrderlyEnd = (error: Error): boolean =>
  error instanceof pg.DatabaseError && /^(?:57P0[1345]|25P0[34])$/.test(error.code ?? "");

/**
 * Whether the session, not the statement, failed: shut down, crashed, refused, or a socket's own error. Of 08P01,
 * protocol_violation, a session is left where it is no FATAL: a statement was given more values than it has parameters.
 */
export const isSessionFailure = (error: Error): boolean =>
  !(error instanceof pg.DatabaseError) ||
  error.severity === "FATAL" ||
  error.severity === "PANIC" ||
  /^(?:08(?!P01)|57P0|25P0[34])/.test(error.code ?? "");

/** Whether a write was refused since the server takes none: a standby, or a primary that was demoted. */
export const isReadOnly = (error: Error): boolean =>
  error instanceof pg.DatabaseError && error.code === "25006";

/**
 * Whether another statement has the name of one that is prepared. A function may raise the same SQLSTATE
 * (duplicate_prepared_statement), but is not the routine.
 */
export const isNameTaken = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === "42P05" && error.routine === "StorePreparedStatement";

/**
 * Whether a table changed under a function of PL/pgSQL that the session has compiled: all that are open may have it so
 * (datatype_mismatch, told from others by its words, as Postgres has no code for it).
 */
export const isStaleFunction = (error: unknown): boolean =>
  error instanceof pg.DatabaseError &&
  error.code === "42804" &&
  error.message.includes("does not match that when preparing the plan");

/**
 * Whether a session no longer has a prepared statement, or has another of its name, or a table changed under what it
 * keeps. What the statement did is rolled back. `26000` is invalid_sql_statement_name; where a table changed there is
 * no code, but Postgres names the routine.
 */
export const isLostStatement = (error: unknown): boolean =>
  error instanceof pg.DatabaseError &&
  (error.code === "26000" ||
    isNameTaken(error) ||
    (error.code === "0A000" && error.routine === "RevalidateCachedQuery") ||
    isStaleFunction(error));

/** Whether a pooler refused a startup parameter: PgBouncer says 08P01 to all that it does not know. */
export const isPoolerRefusal = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === "08P01" && /startup|options/.test(error.message);
