import type { ObjectKind } from "../../../schema/declared.ts";
import { composite } from "./composite.ts";
import { domain } from "./domain.ts";
import { extension } from "./extension.ts";
import type { Kind } from "./kind.ts";
import { materializedView } from "./materialized-view.ts";
import { partition } from "./partition.ts";
import { policy } from "./policy.ts";
import { routine } from "./routine.ts";
import { schema } from "./schema.ts";
import { sequence } from "./sequence.ts";
import { trigger } from "./trigger.ts";
import { view } from "./view.ts";

/** Every kind of object beside tables and enums, in the order in which they are made where nothing else orders them. */
export const kinds: readonly Kind[] = [
  schema,
  extension,
  domain,
  composite,
  sequence,
  partition,
  routine,
  view,
  materializedView,
  trigger,
  policy,
];

const byName = new Map(kinds.map((kind) => [kind.kind, kind]));

/** The {@link Kind} of an object. */
export function kindOf(kind: ObjectKind): Kind {
  const found = byName.get(kind);
  if (found === undefined) throw new TypeError(`There is no kind ${kind}.`);
  return found;
}
