import { isDatabaseError } from "./database.ts";

/**
 * The first failure of a transaction. What Postgres refuses only because a statement failed before
 * (25P02, in_failed_sql_transaction) has it as its cause.
 */
export class FirstFailure {
  /** Undefined where nothing failed. */
  error: unknown;

  /** Throws the error. */
  readonly throw = (error: unknown): never => {
    if (isDatabaseError(error) && error.code === "25P02") error.cause ??= this.error;
    this.error ??= error;
    throw error;
  };
}
