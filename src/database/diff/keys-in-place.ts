import { quoteBeside, quoteIdentifier, quoteName } from "../identifier.ts";
import { keyOf } from "../model/catalog-object.ts";
import type { Constraint, Index } from "../model/model.ts";
import { storageList } from "../storage-parameters.ts";
import type { Change } from "./change.ts";

const timing = /(?: DEFERRABLE(?: INITIALLY DEFERRED)?)?$/;

/** Whether two constraints are the same, but for when a foreign key is checked. */
export const isSameButTiming = (live: Constraint, desired: Constraint): boolean =>
  live.kind === desired.kind &&
  (live.definition === desired.definition ||
    (live.kind === "foreignKey" &&
      live.definition.replace(timing, "") === desired.definition.replace(timing, "")));

/** Lets a foreign key be checked when it is declared to be. Of other constraints Postgres cannot change that. */
export const changeTiming = (table: string, name: string, { definition }: Constraint): Change => ({
  kind: "alterTable",
  table,
  of: keyOf("constraint", name, table),
  sql: `alter table ${quoteName(table)} alter constraint ${quoteIdentifier(name)}${timing.exec(definition)?.[0].toLowerCase() || " not deferrable"}`,
  description: `Change when the foreign key ${name} of ${table} is checked`,
});

/** What pg_get_indexdef writes of the storage parameters: at the end, or before the condition. */
const storage = / WITH \((?:[a-z_]+=(?:'(?:[^']|'')*'|[a-z0-9_]+)(?:, |(?=\))))+\)(?= WHERE |$)/;

const shapeOf = (index: Index): string =>
  index.storage === undefined ? index.shape : index.shape.replace(storage, "");

/**
 * What makes a live index the desired one without building it again: nothing, or other storage parameters. Undefined
 * where it must be built again. Postgres sets none on a partitioned table's index.
 */
export function indexSettings(
  table: string,
  name: string,
  live: Index,
  desired: Index,
  partitionBy: string | undefined,
): Change[] | undefined {
  if (live.unique !== desired.unique || !live.valid) return undefined;
  if (live.shape === desired.shape) return [];
  if (partitionBy !== undefined || shapeOf(live) !== shapeOf(desired)) return undefined;
  const [before, after] = [live.storage ?? {}, desired.storage ?? {}];
  const gone = Object.keys(before).filter((parameter) => after[parameter] === undefined);
  const set = Object.entries(after).filter(([parameter, value]) => before[parameter] !== value);
  const alter = (clause: string): Change => ({
    kind: "alterTable",
    table,
    of: keyOf("index", name, table),
    sql: `alter index ${quoteBeside(table, name)} ${clause}`,
    description: `Change how the index ${name} of ${table} is stored`,
  });
  return [
    ...(set.length === 0 ? [] : [alter(`set (${storageList(Object.fromEntries(set))})`)]),
    ...(gone.length === 0 ? [] : [alter(`reset (${gone.join(", ")})`)]),
  ];
}
