import type { ExpansionContext, PlacedStatement } from "./expansion.ts";
import { plainStatements } from "./plain.ts";
import type { Predecessor } from "./replacements.ts";
import { withoutValidation } from "./validate-later.ts";

const safe = "nothing is read; the lock is short";

/**
 * Puts what was built in the place of what goes, in one transaction, and with it the foreign keys that rest on that.
 * `arrival` is run when the old one is gone; where `isDropIncluded`, it drops it itself.
 */
export function exchange(
  old: Predecessor,
  arrival: readonly PlacedStatement[],
  { replacements }: ExpansionContext,
  isDropIncluded = false,
): PlacedStatement[] {
  const resting = replacements.restingOn(old);
  const drops = [...resting.map(({ dropped }) => dropped), ...(isDropIncluded ? [] : [old])];
  return [
    ...drops.flatMap((drop) => plainStatements(drop).map((statement) => ({ ...statement, safe }))),
    ...arrival,
    ...resting.flatMap(({ again }) => (again === undefined ? [] : [withoutValidation(again)])),
  ];
}
