import { StkError } from "./error.ts";

/** A place in one of the user's files. Lines and columns start at 1. */
export type Location = { file: string; line: number; column: number; endLine?: number; endColumn?: number };

/** A problem in the user's files. `file` is relative to the project's root, with forward slashes. */
export type Diagnostic = Location & {
  /** Stable, snake_case. */
  code: string;
  severity: "error" | "warning";
  message: string;
  /** What to do, as a sentence: "Did you mean `owner_id`?" */
  hint?: string;
};

/** Problems are collected and shown together; this is thrown when there are any that stop the work. */
export class DiagnosticsError extends StkError {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter(({ severity }) => severity === "error").length;
    super("invalid_project", `The project has ${errors} ${errors === 1 ? "problem" : "problems"}.`);
    this.diagnostics = diagnostics;
  }
}

/** Diagnostics in the order in which a reader meets them: by file, line, column. */
export const inReadingOrder = (diagnostics: readonly Diagnostic[]): Diagnostic[] =>
  [...diagnostics].sort(
    (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );

/** @throws {DiagnosticsError} `invalid_project` when one of them is an error. */
export function assertNoErrors(diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.some(({ severity }) => severity === "error"))
    throw new DiagnosticsError(inReadingOrder(diagnostics));
}
