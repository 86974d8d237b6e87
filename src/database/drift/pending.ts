import type { PlannableSchema } from "../../../schema/declared.ts";
import { inWordsOf, type Wordings } from "../catalog/respell.ts";
import { diffModels } from "../diff/diff.ts";
import { pendingTransition } from "../diff/transition.ts";
import type { Model } from "../model/model.ts";
import { inOrder } from "../plan/order.ts";
import { statementsOf } from "../plan/statement.ts";
import { inLiveWords } from "../shadow/live-words.ts";
import type { Shadow } from "../shadow/shadow.ts";

/** What is declared and was not applied yet, as sentences: what would change, and what is blocked. */
export async function pendingSince(
  recorded: Model,
  declared: PlannableSchema,
  { shadow, wordings }: { shadow: Pick<Shadow, "model" | "read">; wordings: Wordings },
): Promise<string[]> {
  const pending = pendingTransition(recorded, declared.transition);
  const made = await shadow.model(declared, pending.renames);
  const desired = inWordsOf(recorded, await inLiveWords(recorded, made, { declared, shadow }), wordings);
  const { changes, blocked } = diffModels(recorded, desired, pending);
  const sentences = inOrder(changes, recorded, desired).flatMap((change) =>
    statementsOf(change, desired.enums).map(({ description }) => description),
  );
  return [...new Set([...sentences, ...blocked.map(({ message }) => message)])];
}
