import type { Change } from "../diff/change.ts";
import { sizeOf, whoWaits } from "./long-locks.ts";
import type { Touched } from "./step.ts";

/** What a change means to those who use the data, where it is not plain from the change itself. */
export function consequenceOf(change: Change): string | undefined {
  switch (change.kind) {
    case "changeType": {
      const { from, to } = change;
      if (from.type === "json" && to.type === "jsonb") return "the order of keys and duplicates of them go";
      const isOfTime =
        from.type !== to.type && [from.type, to.type].every((type) => type.startsWith("timestamp"));
      return isOfTime ? "times without a zone are UTC" : undefined;
    }
    case "renameTable":
    case "renameColumn":
      return "whatever still uses the old name fails from then on";
    default:
      return undefined;
  }
}

/** What the measured work of a step costs those who use the tables meanwhile. */
export const costOf = (touches: readonly Touched[]): string[] =>
  touches
    .filter(
      ({ rewrites, scans, rows, lock }) =>
        (rewrites || scans) && rows !== 0 && whoWaits(lock) !== "nobody waits",
    )
    .map(
      ({ table, lock, rewrites, rows, bytes }) =>
        `${rewrites ? "writes" : "reads"} ${sizeOf(rows, bytes)} of ${table}${rewrites ? " again" : ""}; ${whoWaits(lock)}`,
    );
