import type { PlannableSchema } from "../../../schema/declared.ts";
import type { Blocked } from "../diff/change.ts";

/**
 * What an approval can let through: changes that can be made, and cost something. What Postgres refuses, or what
 * would lose data, is declared otherwise or not at all.
 */
export const approvable = ["long_lock", "policy_weakened", "breaks_release", "breaks_inserts"] as const;

/** What of the blocked is not approved in the declaration, object by object. */
export const withoutApproved = (
  blocked: readonly Blocked[],
  approved: PlannableSchema["approved"] = {},
): Blocked[] =>
  blocked.filter(
    ({ code, object }) =>
      !(
        approvable.some((one) => one === code) &&
        Object.hasOwn(approved, object) &&
        approved[object]?.includes(code)
      ),
  );
