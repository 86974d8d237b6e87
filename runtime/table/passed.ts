import { isDatabaseError } from "../database/database.ts";
import { quoteIdentifier } from "../sql/quote.ts";

/** The column of a write that holds whether a row passed its check: always true, as the statement fails elsewhere. */
export const passed = "+passed";

const report = "stk: a row fails its check";

// Volatile, so that Postgres never computes it while it plans.
const raise = `('${report}' || left(clock_timestamp()::text, 0))::boolean`;

/** A value as SQL that fails the statement where a check, as SQL, is not true. */
export const valueIf = (check: string, value: string): string =>
  `case when ${check} then ${value} when ${raise} then ${value} end`;

/** What a write returns so that it fails for a row that does not meet its check as it was written. */
export const printPassed = (check: string): string =>
  `case when ${check} then true else ${raise} end as ${quoteIdentifier(passed)}`;

/** Whether a statement failed for {@link valueIf} or {@link printPassed}. */
export const isFailedCheck = (error: unknown): boolean =>
  isDatabaseError(error) && error.code === "22P02" && error.message.includes(report);
