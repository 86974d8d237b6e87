import pg from "pg";

/** Whether a statement was cancelled: by a request or by `statement_timeout` (PostgreSQL manual, Appendix A). */
export const isCancelled = (error: Error): boolean =>
  error instanceof pg.DatabaseError && error.code === "57014";

/**
 * Whether the session, not the statement, failed: shut down, crashed, refused, or a socket's own error. Of 08P01,
 * protocol_violation, a session is left where it is no FATAL: a statement was given more values than it has parameters.
 */
export const isSessionFailure = (error: Error): boolean =>
  !(error instanceof pg.DatabaseError) ||
  (error.code === "08P01" ? error.severity !== "ERROR" : /^(?:08|53|57P0)/.test(error.code ?? ""));

/**
 * Whether a session no longer has a prepared statement, or its table changed under it. The statement was not run.
 * `26000` is invalid_sql_statement_name; the other has no code of its own, but Postgres names the routine.
 */
export const isLostStatement = (error: Error): boolean =>
  error instanceof pg.DatabaseError &&
  (error.code === "26000" || (error.code === "0A000" && error.routine === "RevalidateCachedQuery"));

/** Why a session failed, for the log: never a URL, a password or a value. */
export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
};
