import { isDatabaseError } from "./database/database.ts";
import type { SourceLocations } from "./logic/source-map.ts";

/** An error as it is logged. */
export type ErrorDescription = {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string | undefined;
  readonly cause?: ErrorDescription;
};

const maxCauses = 4;

/**
 * What the log says of an error: places in the user's own sources, and of Postgres' reports no text that holds values
 * (classes 22, data exception, and 23, integrity constraint violation).
 */
export function describeError(error: unknown, sources: SourceLocations, causes = 0): ErrorDescription {
  if (!(error instanceof Error))
    return { name: typeof error, message: "Something was thrown that is no error." };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const holdsValues = isDatabaseError(error) && /^2[23]/.test(error.code);
  return {
    name: error.name,
    message: holdsValues
      ? `Postgres refused a value: ${[error.table, error.column, error.constraint].filter(Boolean).join(" ")}`
      : error.message,
    ...(code === undefined ? {} : { code }),
    ...(holdsValues ? {} : { stack: sources.stackOf(error) }),
    ...(error.cause === undefined || causes >= maxCauses
      ? {}
      : { cause: describeError(error.cause, sources, causes + 1) }),
  };
}
