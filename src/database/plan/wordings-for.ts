import type { PlannableSchema } from "../../../schema/declared.ts";
import { readModel } from "../catalog/read-model.ts";
import { isSameMajor, type Wordings, wordingsOf } from "../catalog/respell.ts";
import type { Database } from "../database.ts";
import { pendingTransition } from "../diff/transition.ts";
import type { Model } from "../model/model.ts";
import type { Shadow } from "../shadow/shadow.ts";
import { undone } from "../transaction.ts";

/**
 * How a server spells the views of the desired model, with the old names of what is yet to be renamed. It can only be
 * asked before a look at the database that allows no writing.
 */
export async function wordingsFor(
  database: Database,
  desired: Model,
  { declared, shadow }: { declared: PlannableSchema; shadow: Pick<Shadow, "model"> },
): Promise<Wordings> {
  if (await isSameMajor(database, desired)) return new Map();
  return undone(database, async () => {
    if ((declared.transition?.renames ?? []).length === 0) return wordingsOf(database, desired, declared);
    const pending = pendingTransition(await readModel(database, declared.scope), declared.transition);
    return pending.renames.length === 0
      ? wordingsOf(database, desired, declared)
      : wordingsOf(database, await shadow.model(declared, pending.renames));
  });
}
