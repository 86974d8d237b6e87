import type { Change } from "../../diff/change.ts";
import { quoteIdentifier, quoteName } from "../../identifier.ts";
import type { WantedIndex } from "./concurrently.ts";
import { buildConcurrently, dropConcurrently } from "./concurrently.ts";
import type { ExpansionContext, PlacedStatement } from "./expansion.ts";
import { freeIndexName } from "./index-name.ts";
import { goneAmong, inSchemaOf } from "./partitioned-index.ts";
import { plainStatements } from "./plain.ts";
import type { AddedConstraint } from "./replacements.ts";
import { keyParts } from "./wanted-index.ts";

/**
 * Builds the index of each partition by itself while others write, and makes it the partition's key. The key of the
 * table then takes these for its own and builds nothing (PostgreSQL documentation, 5.12.2.2).
 */
export function addPartitionedKey(
  change: AddedConstraint,
  wanted: WantedIndex,
  { changes, partitionsOf }: ExpansionContext,
): PlacedStatement[] | undefined {
  const { table, constraint } = change;
  const { partitions, taken } = partitionsOf(table);
  const gone = goneAmong(changes);
  const leaves = partitions.filter(({ name, isLeaf }) => isLeaf && !gone.has(name));
  // The table would be without a key for as long as the builds take.
  if (changes.some((one) => isKeyDrop(one, table)) || leaves.some(({ isForeign }) => isForeign))
    return undefined;
  const [word, suffix] =
    constraint.kind === "primaryKey" ? (["primary key", "pkey"] as const) : (["unique", "key"] as const);
  const timing = keyParts(constraint)?.timing ?? "";
  const claimed = new Set(taken);
  const builds: PlacedStatement[] = [];
  const keys: PlacedStatement[] = [];
  for (const { name: leaf, indexes } of leaves) {
    const found = indexes.find(
      ({ definition, unique, partOf }) => definition === wanted.definition && unique && partOf === null,
    );
    if (found?.constraint === true) continue;
    const name = found?.name ?? freeIndexName(leaf, wanted.parts, suffix, (one) => claimed.has(one));
    claimed.add(inSchemaOf(leaf, name));
    if (found?.valid === false) builds.push({ ...dropConcurrently(leaf, name, false), trial: "" });
    if (found?.valid !== true)
      builds.push({ ...buildConcurrently({ ...wanted, table: leaf, name }), trial: "" });
    keys.push({
      sql: `alter table ${quoteName(leaf)} add constraint ${quoteIdentifier(name)} ${word} using index ${quoteIdentifier(name)}${timing}`,
      description: `Make the index ${name} of ${leaf} a key, to be a part of that of ${table}`,
      placement: "together",
      trial: "",
      safe: "the lock is short",
    });
  }
  const whole = plainStatements(change).map((statement) => ({
    ...statement,
    safe: "the indexes are there already; the lock is short",
  }));
  return [...builds, ...keys, ...whole];
}

const isKeyDrop = (change: Change, table: string): boolean =>
  change.kind === "dropConstraint" &&
  change.table === table &&
  (change.constraint.kind === "primaryKey" || change.constraint.kind === "unique");
