import type { Change } from "../diff/change.ts";
import type { Placement } from "./online/expansion.ts";
import type { Step } from "./step.ts";

/** A statement of a step before it is known what is committed with it. */
export type Draft = Omit<Step, "transaction" | "touches"> & { change: Change; placement: Placement };

/** A table with its keys takes about seven locks, and a server has room for 6,400 where nobody set it otherwise. */
const mostTogether = 500;

/**
 * Commits as much together as Postgres lets and has locks for. New values of an enum that another step uses are committed first: nobody
 * may use one in the transaction that made it.
 */
export function inTransactions(drafts: readonly Draft[]): Step[] {
  const isFirst = ({ change }: Draft): boolean => change.kind === "addEnumValue";
  const early = drafts.some((draft) => isFirst(draft) && isUsed(draft, drafts));
  const ordered = early ? [...drafts.filter(isFirst), ...drafts.filter((draft) => !isFirst(draft))] : drafts;
  let transaction = 1;
  let together = 0;
  return ordered.map(({ change, placement, ...step }, index) => {
    const before = ordered[index - 1];
    if (before !== undefined) {
      const apart = placement !== "together" || before.placement !== "together";
      const afterEnums = early && isFirst(before) && change.kind !== "addEnumValue";
      if (apart || afterEnums || together === mostTogether) {
        transaction += 1;
        together = 0;
      }
    }
    together += 1;
    return { ...step, transaction, touches: [], ...(placement === "alone" ? { alone: true as const } : {}) };
  });
}

const isUsed = ({ change: added }: Draft, drafts: readonly Draft[]): boolean =>
  added.kind === "addEnumValue" &&
  drafts.some(
    ({ change, sql }) =>
      change.kind !== "addEnumValue" &&
      (sql.includes(added.value) || (change.kind === "changeType" && sql.includes(added.name))),
  );
