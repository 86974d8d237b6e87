import type { Diagnostic, Location } from "../core/diagnostic.ts";
import type { Description } from "../database/shadow/rehearsal.ts";
import { problem } from "../project/problem.ts";

/** A statement that Postgres is asked about, and what its answer means for the project. */
export type Question = { connection: string; sql: string; answer(description: Description): Diagnostic[] };

/** The problem at a place, where Postgres refuses what stands there. */
export function refused(description: Description, at: Location, code = "invalid_sql"): Diagnostic[] {
  if (!("error" in description)) return [];
  const { message, hint } = description.error;
  return [problem(at, code, `${message.charAt(0).toUpperCase()}${message.slice(1)}.`, hint)];
}
