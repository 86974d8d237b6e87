import type { z } from "zod";
import { quoteName } from "../identifier.ts";
import { partition as kind, partitionFacts } from "../kinds/partition.ts";
import { type CatalogObject, keyOf } from "../model/catalog-object.ts";
import type { Model } from "../model/model.ts";
import type { Blocked, Difference } from "./change.ts";
import { namesake } from "./namesake.ts";
import { isSame } from "./objects.ts";
import { removalLine } from "./removal-line.ts";
import type { PendingTransition } from "./transition.ts";

/**
 * How tables are divided, and their partitions. Postgres changes neither a key nor a bound in place, and a partition
 * holds rows: it goes where its removal is declared, and else is left alone.
 */
export function diffPartitions(
  live: Model,
  desired: Model,
  pending: PendingTransition,
  difference: Difference,
): void {
  const { changes, blocked, notices } = difference;
  diffKeys(live, desired, difference);
  for (const object of partitionsOf(desired)) {
    const present = live.objects.get(keyOf("partition", object.name));
    if (present === undefined) {
      const taken = isDivided(live, object) ? takenBy(object, live) : undefined;
      if (taken !== undefined) blocked.push(taken);
      else changes.push({ kind: "createObject", object, restored: false });
      continue;
    }
    const fixed = fixedBound(present, object);
    const sql = kind.alter(present, object, true);
    if (fixed !== undefined) blocked.push(fixed);
    else if (!isSame(present, object))
      changes.push({ kind: "alterObject", from: present, to: object, sql: Array.isArray(sql) ? sql : [] });
  }
  for (const object of partitionsOf(live)) {
    const { name } = object;
    if (desired.objects.has(keyOf("partition", name))) continue;
    if (pending.fateOf("partition", name) === "removed")
      changes.push({ kind: "dropObject", object, restored: false });
    else if (isDeclared(factsOf(object).of, desired))
      notices.push({
        kind: "partition",
        object: name,
        message: `The partition ${name} of ${factsOf(object).of} is not declared. To drop it with its rows, declare that: ${removalLine(object)}`,
      });
  }
}

const factsOf = ({ facts }: CatalogObject): z.infer<typeof partitionFacts> => partitionFacts.parse(facts);

const partitionsOf = ({ objects }: Model): CatalogObject[] =>
  [...objects.values()].filter((object) => object.kind === "partition");

/** Whatever is in a table that is not declared goes with it, or stays with it. */
const isDeclared = (name: string, { tables, objects }: Model): boolean =>
  tables.has(name) || objects.has(keyOf("partition", name));

function diffKeys(live: Model, desired: Model, { changes, blocked }: Difference): void {
  for (const [name, { partitionBy }] of desired.tables) {
    const present = live.tables.get(name);
    if (present !== undefined && present.partitionBy !== partitionBy)
      blocked.push(otherKey(name, present.partitionBy, partitionBy));
  }
  for (const change of changes) {
    if (change.kind !== "changeType" && change.kind !== "dropColumn") continue;
    const { table, column } = change;
    const { partitionBy = "", partitionColumns = [] } = live.tables.get(table) ?? {};
    if (!partitionColumns.includes(column)) continue;
    blocked.push({
      code: "partition_key",
      object: `${table}.${column}`,
      message: `The column ${column} of ${table} is to ${change.kind === "dropColumn" ? "go" : "change its type"}, and ${table} is divided by ${partitionBy}, which Postgres does not change.`,
      wayOut: otherTable,
    });
  }
}

const otherTable =
  "Keep it; or declare a table of another name, move the rows, and declare the removal of the old one.";

const otherKey = (object: string, from: string | undefined, to: string | undefined | null): Blocked => ({
  code: "partition_key",
  object,
  message: `${object} is declared as ${to ? `divided by ${to}` : "not divided"}, and in the database it is ${from ? `divided by ${from}` : "not divided"}. Postgres does not change that.`,
  wayOut: otherTable,
});

/** What of a partition that is there cannot become what is declared. */
function fixedBound(present: CatalogObject, object: CatalogObject): Blocked | undefined {
  const { name } = object;
  const from = factsOf(present);
  const to = factsOf(object);
  if (from.of !== to.of || from.bound !== to.bound)
    return {
      code: "partition_bound",
      object: name,
      message: `The partition ${name} is declared as of ${to.of} ${to.bound}, and in the database it is of ${from.of} ${from.bound}. Postgres does not change that.`,
      wayOut: `Declare another partition, and the removal of this one with its rows: removed: { partitions: [${name}] }. To keep the rows, detach it and attach it anew by hand, then plan again; the statement takes it out of ${from.of}.`,
      sql: `alter table ${quoteName(from.of)} detach partition ${quoteName(name)}`,
    };
  if (from.partitionBy === to.partitionBy) return undefined;
  return otherKey(name, from.partitionBy ?? undefined, to.partitionBy);
}

/** A table that is not divided is blocked as a whole, and takes no partition. */
const isDivided = (live: Model, object: CatalogObject): boolean => {
  const parent = live.tables.get(factsOf(object).of);
  return parent === undefined || parent.partitionBy !== undefined;
};

/** A table of the name may be what was detached; another relation is in the way. */
function takenBy(object: CatalogObject, live: Model): Blocked | undefined {
  const { name } = object;
  const isTable = live.tables.has(name);
  const other = isTable
    ? "table"
    : namesake(live, name, ["view", "materializedView", "sequence", "composite"]);
  if (other === undefined) return undefined;
  const { of, bound } = factsOf(object);
  return {
    code: "name_taken",
    object: name,
    message: `The partition ${name} of ${of} is declared, and the database has a ${other} of that name.`,
    wayOut: isTable
      ? "If it holds the rows of the partition, attach it by hand with the statement, then plan again; else rename the one or the other."
      : "Rename the one or the other.",
    ...(isTable ? { sql: `alter table ${quoteName(of)} attach partition ${quoteName(name)} ${bound}` } : {}),
  };
}
