import type { PlannableSchema } from "../../../schema/declared.ts";
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
  shadow: Pick<Shadow, "model" | "read">,
): Promise<string[]> {
  const pending = pendingTransition(recorded, declared.transition);
  const made = await shadow.model(declared, pending.renames);
  const desired = await inLiveWords(recorded, made, { declared, shadow });
  const { changes, blocked } = diffModels(recorded, desired, pending);
  const sentences = inOrder(changes, recorded, desired).flatMap((change) =>
    statementsOf(change, desired.enums).map(({ description }) => description),
  );
  return [...new Set([...sentences, ...blocked.map(({ message }) => message)])];
}
