import type { Constraint, Index } from "../../model/model.ts";
import { afterTable, type WantedIndex } from "./concurrently.ts";
import { partNames } from "./index-name.ts";
import type { Replacements, Successor } from "./replacements.ts";
import { temporaryName } from "./temporary-name.ts";

/** The parts of the definition of a key; one that has periods in it matches none. */
const keyDefinition =
  /^(?:PRIMARY KEY|UNIQUE)( NULLS NOT DISTINCT)? (\((?:"(?:[^"]|"")*"|[^")])*\))( INCLUDE \((?:"(?:[^"]|"")*"|[^")])*\))?( DEFERRABLE(?: INITIALLY DEFERRED)?)?$/;

/**
 * The index that a change builds, under the name that it has until it takes its place; undefined of a constraint that
 * no index can become.
 */
export function wantedIndex(change: Successor, { predecessorOf }: Replacements): WantedIndex | undefined {
  const { table } = change;
  const isReplaced = predecessorOf(change)?.name === change.name;
  const name = isReplaced ? temporaryName("index", change.name) : change.name;
  if (change.kind === "createIndex") {
    const { shape, unique, keys } = change.index;
    return { table, name, definition: afterTable(shape), unique, parts: partNames(keys) };
  }
  const parsed = keyParts(change.constraint);
  if (parsed === undefined) return undefined;
  return { table, name, definition: parsed.index, unique: true, parts: change.constraint.columns };
}

/** The index of a primary key or a unique constraint, and when that is checked: ` deferrable`. */
export function keyParts({ kind, definition }: Constraint): { index: string; timing: string } | undefined {
  if (kind !== "primaryKey" && kind !== "unique") return undefined;
  const found = keyDefinition.exec(definition);
  if (found === null) return undefined;
  const [, nulls = "", columns = "", include = "", timing = ""] = found;
  if (columns.endsWith(" WITHOUT OVERLAPS)")) return undefined;
  return { index: `USING btree ${columns}${include}${nulls}`, timing: timing.toLowerCase() };
}

/** Whether an index is whole, and the one that is wanted. */
export const isReady = (left: Index, { definition, unique }: WantedIndex): boolean =>
  left.valid && left.unique === unique && afterTable(left.shape) === definition;

/** Whether an index that stands under the name of the wanted one was left by an apply that was cut off. */
export const isLeftover = (left: Index, wanted: WantedIndex): boolean => !left.valid || isReady(left, wanted);
