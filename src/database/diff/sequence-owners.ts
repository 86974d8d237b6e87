import { isSameOwner, sequenceFacts } from "../kinds/sequence.ts";
import type { CatalogObject } from "../model/catalog-object.ts";
import type { Model } from "../model/model.ts";
import type { Change, Difference } from "./change.ts";

/** Gives sequences to the columns that they are to go with, which must be there first; they go along with these. */
export function diffSequenceOwners(live: Model, desired: Model, { changes }: Difference): void {
  const kept = changes.filter((change) => change.kind !== "dropObject" || !goesAlong(change.object, changes));
  changes.splice(0, changes.length, ...kept);
  for (const [key, { kind, name, facts }] of desired.objects) {
    if (kind !== "sequence") continue;
    const wanted = sequenceFacts.parse(facts);
    const present = live.objects.get(key);
    const owned = present === undefined ? undefined : sequenceFacts.parse(present.facts);
    if (owned !== undefined && isSameOwner(owned, wanted)) continue;
    if (owned !== undefined && owned.owner !== null) changes.push({ kind: "releaseSequence", name });
    if (wanted.owner !== null) changes.push({ kind: "giveSequence", sequence: name, ...wanted.owner });
  }
}

/** Whether Postgres drops a sequence with its column. */
function goesAlong({ kind, facts }: CatalogObject, changes: readonly Change[]): boolean {
  const owner = kind === "sequence" ? sequenceFacts.parse(facts).owner : null;
  if (owner === null) return false;
  return changes.some(
    (change) =>
      (change.kind === "dropTable" && change.table === owner.table) ||
      (change.kind === "dropColumn" && change.table === owner.table && change.column === owner.column),
  );
}
