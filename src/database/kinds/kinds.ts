import type { ObjectKind } from "../../../schema/declared.ts";
import type { Kind } from "./kind.ts";
import { view } from "./view.ts";

/** Every kind of object beside tables and enums, in the order in which they are made where nothing else orders them. */
export const kinds: readonly Kind[] = [view];

const byName = new Map(kinds.map((kind) => [kind.kind, kind]));

/** The {@link Kind} of an object. */
export function kindOf(kind: ObjectKind): Kind {
  const found = byName.get(kind);
  if (found === undefined) throw new TypeError(`There is no kind ${kind}.`);
  return found;
}
