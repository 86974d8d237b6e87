import { buildConcurrently, dropConcurrently, type WantedIndex } from "./concurrently.ts";
import type { ExpansionContext, PlacedStatement } from "./expansion.ts";
import { buildPartitionedIndex } from "./partitioned-index.ts";
import { restsOnGone } from "./rests-on-gone.ts";
import { isReady } from "./wanted-index.ts";

/**
 * Builds an index under a name, while others write. One that an apply which was cut off has left under this name is
 * taken where it is whole, and else dropped. Undefined where Postgres cannot build it so.
 */
export function buildIndex(wanted: WantedIndex, context: ExpansionContext): PlacedStatement[] | undefined {
  const { table, name } = wanted;
  const live = context.live.tables.get(table);
  if (live?.partitionBy !== undefined) return buildPartitionedIndex(wanted, context);
  const left = live?.indexes.get(name);
  if (left !== undefined && isReady(left, wanted) && !restsOnGone(table, name, context)) return [];
  const isInvalid = left !== undefined && !left.valid;
  return [...(isInvalid ? [dropConcurrently(table, name, false)] : []), buildConcurrently(wanted)];
}
