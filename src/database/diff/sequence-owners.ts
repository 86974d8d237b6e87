import { isSameOwner, ownedBy, sequenceFacts } from "../kinds/sequence.ts";
import { keyOf } from "../model/catalog-object.ts";
import type { Model } from "../model/model.ts";
import type { Difference } from "./change.ts";

/** Gives sequences to the columns that they are to go with, which must be there first. */
export function diffSequenceOwners(live: Model, desired: Model, { changes }: Difference): void {
  for (const [key, { kind, name, facts }] of desired.objects) {
    if (kind !== "sequence") continue;
    const wanted = sequenceFacts.parse(facts);
    const sql = ownedBy(name, wanted);
    const present = live.objects.get(key);
    if (sql === undefined || wanted.owner === null) continue;
    if (present !== undefined && isSameOwner(sequenceFacts.parse(present.facts), wanted)) continue;
    const { table, column } = wanted.owner;
    changes.push({
      kind: "alterTable",
      table,
      of: keyOf("column", column, table),
      sql,
      description: `Let the sequence ${name} go with ${table}.${column}`,
    });
  }
}
