import type { ObjectKind } from "../../../schema/declared.ts";
import { kindOf } from "../kinds/kinds.ts";
import { keyOf } from "../model/catalog-object.ts";
import type { Model } from "../model/model.ts";

/** What people call the object of one of the kinds, or beside the modelled ones, that has a name. */
export function namesake(live: Model, name: string, among: readonly ObjectKind[]): string | undefined {
  const kind = among.find((each) => live.objects.has(keyOf(each, name)));
  return kind === undefined ? live.others.find((other) => other.name === name)?.kind : kindOf(kind).word;
}
