import { defaultSchema } from "../../../../schema/names.ts";
import type { Change } from "../../diff/change.ts";
import { quoteBeside, quoteIdentifier, quoteName, splitName } from "../../identifier.ts";
import { partitionFacts } from "../../kinds/partition.ts";
import type { Partition, PartitionIndex } from "../partition-tree.ts";
import { afterTable, buildConcurrently, dropConcurrently, type WantedIndex } from "./concurrently.ts";
import type { ExpansionContext, PlacedStatement } from "./expansion.ts";
import { freeIndexName } from "./index-name.ts";

/**
 * Builds the index of each partition by itself while others write, and makes them parts of the table's, which is whole
 * once all are (PostgreSQL documentation, 5.12.2.2). What is there already of an apply that was cut off is used.
 */
export function buildPartitionedIndex(
  wanted: WantedIndex,
  { live, changes, partitionsOf }: ExpansionContext,
): PlacedStatement[] | undefined {
  const { table, name } = wanted;
  const { partitions: there, taken } = partitionsOf(table);
  const created = createdAmong(changes);
  const gone = goneAmong(changes);
  const partitions = [...there.filter((one) => !gone.has(one.name)), ...belowOf(table, there, created)];
  if (partitions.some(({ isForeign }) => isForeign)) return undefined;
  const names = new Map([[table, name]]);
  const claimed = new Set([...taken, inSchemaOf(table, name)]);
  const before: PlacedStatement[] = [];
  const builds: PlacedStatement[] = [];
  const attachments: PlacedStatement[] = [];
  const root = live.tables.get(table)?.indexes.get(name);
  const isRootThere =
    root !== undefined && root.unique === wanted.unique && afterTable(root.shape) === wanted.definition;
  if (root?.valid === false && !isRootThere) before.push(drop(table, name));
  if (!isRootThere) before.push({ ...createOnly(wanted), trial: createWhole(wanted) });
  for (const partition of partitions) {
    const found = foundIn(partition, wanted, names.get(partition.parent));
    const local = found?.name ?? freeName(wanted, partition, claimed);
    names.set(partition.name, local);
    const own = { ...wanted, table: partition.name, name: local };
    if (partition.isLeaf && created.includes(partition)) {
      before.push({ ...createEmpty(own), trial: "" });
    } else if (partition.isLeaf) {
      if (found?.valid === false)
        builds.push({ ...dropConcurrently(partition.name, local, false), trial: "" });
      if (found?.valid !== true) builds.push({ ...buildConcurrently(own), trial: "" });
    } else if (found === undefined) before.push({ ...createOnly(own), trial: "" });
    if (found?.partOf == null)
      attachments.push(attach(table, names.get(partition.parent) ?? name, partition, local));
  }
  return [...before, ...builds, ...attachments];
}

/** The partitions that are made before. */
const createdAmong = (changes: readonly Change[]): Partition[] =>
  changes.flatMap((change) => {
    if (change.kind !== "createObject" || change.object.kind !== "partition") return [];
    const { of, partitionBy } = partitionFacts.parse(change.object.facts);
    const isLeaf = partitionBy === null;
    return [{ name: change.object.name, parent: of, isLeaf, isForeign: false, indexes: [] }];
  });

/** The names of the partitions that are dropped before. */
export const goneAmong = (changes: readonly Change[]): ReadonlySet<string> =>
  new Set(
    changes.flatMap((change) =>
      change.kind === "dropObject" && change.object.kind === "partition" ? [change.object.name] : [],
    ),
  );

/** Those of a table, however deep, each after what it is a partition of. */
function belowOf(
  table: string,
  there: readonly Partition[],
  created: readonly Partition[],
): readonly Partition[] {
  const parents = new Set([table, ...there.map(({ name }) => name)]);
  const found: Partition[] = [];
  for (let size = -1; size !== found.length; ) {
    size = found.length;
    for (const partition of created)
      if (parents.has(partition.parent) && !parents.has(partition.name)) {
        parents.add(partition.name);
        found.push(partition);
      }
  }
  return found;
}

/** A part of the table's index that is there already; or one that can become it. */
const foundIn = (
  { indexes }: Partition,
  { definition, unique }: WantedIndex,
  parent: string | undefined,
): PartitionIndex | undefined =>
  indexes.find(
    (index) =>
      index.definition === definition &&
      index.unique === unique &&
      !index.constraint &&
      (index.partOf === null || index.partOf === parent),
  );

function freeName({ parts }: WantedIndex, partition: Partition, claimed: Set<string>): string {
  const name = freeIndexName(partition.name, parts, "idx", (one) => claimed.has(one));
  claimed.add(inSchemaOf(partition.name, name));
  return name;
}

/** The name of an index of a table, with its schema outside of `public`. */
export const inSchemaOf = (table: string, name: string): string => {
  const { schema } = splitName(table);
  return schema === defaultSchema ? name : `${schema}.${name}`;
};

/** Where there are no rows, the index is made with those of all partitions that there are. */
const createWhole = ({ table, name, definition, unique }: WantedIndex): string =>
  `create ${unique ? "unique " : ""}index ${quoteIdentifier(name)} on ${quoteName(table)} ${definition}`;

const createOnly = ({ table, name, definition, unique }: WantedIndex): PlacedStatement => ({
  sql: `create ${unique ? "unique " : ""}index ${quoteIdentifier(name)} on only ${quoteName(table)} ${definition}`,
  description: `Create the ${unique ? "unique " : ""}index ${name} on ${table}, without its partitions`,
  placement: "together",
  safe: "nothing is read; the lock is short",
});

const createEmpty = (wanted: WantedIndex): PlacedStatement => ({
  sql: createWhole(wanted),
  description: `Create the ${wanted.unique ? "unique " : ""}index ${wanted.name} on ${wanted.table}, which is new`,
  placement: "together",
  safe: "there are no rows",
});

const drop = (table: string, name: string): PlacedStatement => ({
  sql: `drop index ${quoteBeside(table, name)}`,
  description: `Drop the index ${name} of ${table}`,
  placement: "together",
  safe: "the lock is short",
});

const attach = (table: string, parent: string, partition: Partition, name: string): PlacedStatement => ({
  sql: `alter index ${quoteBeside(partition.parent, parent)} attach partition ${quoteBeside(partition.name, name)}`,
  description: `Make the index ${name} of ${partition.name} a part of that of ${table}`,
  placement: "together",
  trial: "",
  safe: "the lock is short",
});
