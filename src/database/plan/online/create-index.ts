import { quoteBeside, quoteIdentifier } from "../../identifier.ts";
import { buildIndex } from "./build-index.ts";
import { dropConcurrently } from "./concurrently.ts";
import { exchange } from "./exchange.ts";
import type { Expansion, PlacedStatement } from "./expansion.ts";
import { wantedIndex } from "./wanted-index.ts";

/** Builds an index concurrently; one in the place of another is built before that goes. */
export const createIndex: Expansion = (change, context) => {
  if (change.kind !== "createIndex") return undefined;
  const { table, name } = change;
  const { replacements } = context;
  const wanted = wantedIndex(change, replacements);
  const build = wanted === undefined ? undefined : buildIndex(wanted, context);
  const old = replacements.predecessorOf(change);
  if (wanted === undefined || build === undefined || old === undefined) return build;
  const rename: PlacedStatement = {
    sql: `alter index ${quoteBeside(table, wanted.name)} rename to ${quoteIdentifier(name)}`,
    description: `Rename the index ${wanted.name} of ${table} to ${name}`,
    placement: "together",
    safe: "the lock is short",
  };
  const renames = wanted.name === name ? [] : [rename];
  return old.kind === "dropIndex" && replacements.restingOn(old).length === 0
    ? [...build, dropConcurrently(table, old.name), ...renames]
    : [...build, ...exchange(old, renames, context)];
};
