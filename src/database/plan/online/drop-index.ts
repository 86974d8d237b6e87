import { dropConcurrently } from "./concurrently.ts";
import type { Expansion } from "./expansion.ts";
import { restsOnGone } from "./rests-on-gone.ts";
import { isLeftover, wantedIndex } from "./wanted-index.ts";

/**
 * Drops an index while others use the table, which Postgres cannot do with that of a partitioned one. One that was
 * left where another change builds is left to that, which may use it.
 */
export const dropIndex: Expansion = (change, context) => {
  if (change.kind !== "dropIndex") return undefined;
  const { live, changes, replacements } = context;
  const { table, name, index } = change;
  const isTaken = changes.some((one) => {
    if ((one.kind !== "createIndex" && one.kind !== "addConstraint") || one.table !== table) return false;
    const wanted = wantedIndex(one, replacements);
    return wanted?.name === name && isLeftover(index, wanted);
  });
  if (isTaken && !restsOnGone(table, name, context)) return [];
  if (live.tables.get(table)?.partitionBy !== undefined) return undefined;
  return [dropConcurrently(table, name, index.valid)];
};
