import { quoteIdentifier, quoteName } from "../../identifier.ts";
import { buildIndex } from "./build-index.ts";
import { exchange } from "./exchange.ts";
import type { Expansion, PlacedStatement } from "./expansion.ts";
import { addPartitionedKey } from "./partitioned-key.ts";
import { isReady, keyParts, wantedIndex } from "./wanted-index.ts";

/**
 * Builds the index of a primary key or a unique constraint concurrently, and makes it one (PostgreSQL documentation,
 * ALTER TABLE, ADD table_constraint_using_index). A key in the place of another is built before that goes; an index
 * that is there already is taken.
 */
export const addKey: Expansion = (change, context) => {
  if (change.kind !== "addConstraint") return undefined;
  const { table, name, constraint } = change;
  const wanted = wantedIndex(change, context.replacements);
  const timing = keyParts(constraint)?.timing;
  if (wanted === undefined) return undefined;
  if (context.live.tables.get(table)?.partitionBy !== undefined)
    return addPartitionedKey(change, wanted, context);
  const old = context.replacements.predecessorOf(change);
  const isTaken = old?.kind === "dropIndex" && isReady(old.index, wanted);
  const build = isTaken ? [] : buildIndex(wanted, context);
  if (build === undefined) return undefined;
  const isDropIncluded = old?.kind === "dropConstraint";
  const drop = isDropIncluded ? `drop constraint ${quoteIdentifier(old.name)}, ` : "";
  const [word, called] =
    constraint.kind === "primaryKey" ? ["primary key", "primary key"] : ["unique", "unique constraint"];
  const index = isTaken ? old.name : wanted.name;
  const addition: PlacedStatement = {
    sql: `alter table ${quoteName(table)} ${drop}add constraint ${quoteIdentifier(name)} ${word} using index ${quoteIdentifier(index)}${timing}`,
    description: isDropIncluded
      ? `Put the ${called} ${name} of ${table} in the place of ${old.name === name ? "the one before" : old.name}`
      : `Add the ${called} ${name} to ${table} by ${isTaken ? `the index ${index}` : "its index"}`,
    placement: "together",
    safe: "its index is there already; the lock is short",
  };
  if (old === undefined) return [...build, addition];
  return [...build, ...exchange(old, [addition], context, isDropIncluded || isTaken)];
};
