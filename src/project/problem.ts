import type { Diagnostic, Location } from "../core/diagnostic.ts";

/** A {@link Diagnostic} that stops the work. */
export const problem = (at: Location, code: string, message: string, hint?: string): Diagnostic => ({
  ...at,
  code,
  severity: "error",
  message,
  ...(hint === undefined ? {} : { hint }),
});

/** A {@link Diagnostic} that does not stop the work. */
export const caution = (at: Location, code: string, message: string, hint?: string): Diagnostic => ({
  ...problem(at, code, message, hint),
  severity: "warning",
});

/** The start of a file, for a problem with the whole of it. */
export const startOf = (file: string): Location => ({ file, line: 1, column: 1 });
