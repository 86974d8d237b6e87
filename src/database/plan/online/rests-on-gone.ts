import type { Change } from "../../diff/change.ts";
import { type Key, keyOf, keyOfObject } from "../../model/catalog-object.ts";
import type { ExpansionContext } from "./expansion.ts";

/** Whether an index rests on a function or an enum that goes, be it to be made again: it cannot stay as it is. */
export function restsOnGone(
  table: string,
  index: string,
  { live, changes }: Pick<ExpansionContext, "live" | "changes">,
): boolean {
  const rests = live.dependencies.get(keyOf("index", index, table));
  return rests !== undefined && changes.some((change) => rests.has(goneBy(change) ?? ""));
}

function goneBy(change: Change): Key | undefined {
  switch (change.kind) {
    case "dropObject":
      return keyOfObject(change.object);
    case "setEnumAside":
      return keyOf("enum", change.name);
    case "changeType":
      return change.without === undefined ? undefined : keyOf("column", change.column, change.table);
    default:
      return undefined;
  }
}
