import { StkError } from "../../core/error.ts";
import { SqlError } from "../../database/sql-error.ts";

/** Turns what Postgres refused into the {@link StkError} `database_error`; anything else is given back as it was. */
export function asDatabaseError(error: unknown): unknown {
  if (!(error instanceof SqlError)) return error;
  const { message, sqlstate, hint } = error.problem;
  return new StkError("database_error", `Postgres refuses to answer: ${message} (${sqlstate})`, {
    ...(hint === undefined ? {} : { hint }),
    details: { sqlstate, sql: error.sql },
    cause: error,
  });
}
