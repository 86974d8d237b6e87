import { keyOf, keyOfObject } from "../../model/catalog-object.ts";
import type { ExpansionContext } from "./expansion.ts";

/** Whether an index rests on a function that goes, be it to be made again: it cannot stay as it is. */
export function restsOnGone(
  table: string,
  index: string,
  { live, changes }: Pick<ExpansionContext, "live" | "changes">,
): boolean {
  const rests = live.dependencies.get(keyOf("index", index, table));
  return changes.some(
    (change) => change.kind === "dropObject" && (rests?.has(keyOfObject(change.object)) ?? false),
  );
}
