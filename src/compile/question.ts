import type { Diagnostic } from "../core/diagnostic.ts";
import type { Description } from "../database/shadow/rehearsal.ts";

/** A statement that Postgres is asked about, and what its answer means for the project. */
export type Question = { connection: string; sql: string; answer(description: Description): Diagnostic[] };
