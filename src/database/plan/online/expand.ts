import type { Change } from "../../diff/change.ts";
import { addColumn } from "./add-column.ts";
import { addKey } from "./add-key.ts";
import { alterDomain } from "./alter-domain.ts";
import { alterMaterializedView } from "./alter-materialized-view.ts";
import { createIndex } from "./create-index.ts";
import { dropConstraint } from "./drop-constraint.ts";
import { dropIndex } from "./drop-index.ts";
import type { Expansion, ExpansionContext, PlacedStatement } from "./expansion.ts";
import { plainStatements } from "./plain.ts";
import { refuseNull } from "./refuse-null.ts";
import { validateLater } from "./validate-later.ts";

/** These give rows that are there a value, whether or not others wait. */
const filling: readonly Expansion[] = [addColumn, refuseNull, dropConstraint];
const all: readonly Expansion[] = [...filling, validateLater, createIndex, addKey, dropIndex];
const ofObjects: readonly Expansion[] = [alterDomain, alterMaterializedView];

/** Writes a change as statements: online where its table is there and not empty, else plainly. */
export function expand(change: Change, context: ExpansionContext): PlacedStatement[] {
  const isTakenOver = context.replacements.isTakenOver(change);
  if (isTakenOver) return change.kind === "addConstraint" ? (validateLater(change, context) ?? []) : [];
  for (const expansion of expansionsFor(change, context)) {
    const expanded = expansion(change, context);
    if (expanded !== undefined) return expanded;
  }
  return plainStatements(change, context.desired.enums);
}

function expansionsFor(change: Change, { online, factsOf }: ExpansionContext): readonly Expansion[] {
  if (!("table" in change)) return online ? ofObjects : [];
  if (factsOf(change.table)?.isEmpty !== false) return [];
  return online ? all : filling;
}
