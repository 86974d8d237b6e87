import type { Model } from "../model/model.ts";
import type { Difference } from "./change.ts";

/** Comments of what is declared; those of what is not are left alone, as it is. */
export function diffComments(live: Model, desired: Model, { changes }: Difference): void {
  for (const [target, text] of desired.comments)
    if (live.comments.get(target) !== text) changes.push({ kind: "setComment", target, text });
}
