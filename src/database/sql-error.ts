/** What Postgres says of a statement that it refuses. */
export type SqlProblem = {
  /** Five characters, PostgreSQL documentation, appendix A. */
  sqlstate: string;
  message: string;
  /** Where in the statement, in characters from 1. */
  position?: number;
  hint?: string;
  detail?: string;
};

/** A statement that Postgres refused. Its text may hold the user's data and is for the person at the terminal only. */
export class SqlError extends Error {
  override readonly name = "SqlError";
  readonly problem: SqlProblem;
  readonly sql: string;

  constructor(problem: SqlProblem, sql: string, cause?: unknown) {
    super(problem.message, { cause });
    this.problem = problem;
    this.sql = sql;
  }
}

/** Turns a driver's report into an {@link SqlError}; what is no report of Postgres' is given back as it was. */
export function asSqlError(error: unknown, sql: string): unknown {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return error;
  if (!/^[0-9A-Z]{5}$/.test(error.code) || !("severity" in error)) return error;
  const position =
    "position" in error && typeof error.position === "string" ? Number(error.position) : undefined;
  const hint = textOf(error, "hint");
  const detail = textOf(error, "detail");
  const problem: SqlProblem = {
    sqlstate: error.code,
    message: error.message,
    ...(position === undefined ? {} : { position }),
    ...(hint === undefined ? {} : { hint }),
    ...(detail === undefined ? {} : { detail }),
  };
  return new SqlError(problem, sql, error);
}

function textOf(error: Error, field: "hint" | "detail"): string | undefined {
  const value = new Map<string, unknown>(Object.entries(error)).get(field);
  return typeof value === "string" && value !== "" ? value : undefined;
}
