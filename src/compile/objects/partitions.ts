import type { DeclaredStatements } from "../../../schema/declared.ts";
import type { PartitionBy, PartitionDeclaration, Partitions } from "../../../schema/partitions.ts";
import { quoteIdentifier, quoteLiteral, quoteName } from "../../database/identifier.ts";
import { tableClauses } from "../../database/storage-parameters.ts";
import type { Path } from "../../project/project.ts";
import type { DeclareObjects } from "./placed-object.ts";

/** The partitions of tables, and those of partitions (PostgreSQL documentation, 5.12). */
export const declarePartitions: DeclareObjects = ({ schema }) =>
  Object.entries(schema.value.tables ?? {}).flatMap(([table, { partitions }]) =>
    partitionsOf(table, partitions, ["tables", table]).map(({ object, path }) => ({
      object,
      at: schema.at(path, "key"),
    })),
  );

/** What stands after PARTITION BY: `range ("at", (lower(kind)))`. */
export const partitionKey = ({ range, list, hash }: PartitionBy): string => {
  const [way, parts] =
    range === undefined ? (list === undefined ? ["hash", hash] : ["list", list]) : ["range", range];
  const key = (parts ?? []).map((part) =>
    typeof part === "string" ? quoteIdentifier(part) : `(${part.expression})`,
  );
  return `${way} (${key.join(", ")})`;
};

/** The tables and partitions whose partitions a job makes. */
export const unmanagedIn = (name: string, partitions: Partitions | undefined): string[] => {
  if (partitions === undefined) return [];
  return isUnmanaged(partitions)
    ? [name]
    : Object.entries(partitions).flatMap(([child, { partitions: own }]) => unmanagedIn(child, own));
};

const isUnmanaged = (partitions: Partitions): partitions is { managed: false } =>
  "managed" in partitions && partitions.managed === false;

type Found = { object: DeclaredStatements; path: Path };

function partitionsOf(parent: string, partitions: Partitions | undefined, path: Path): Found[] {
  if (partitions === undefined || isUnmanaged(partitions)) return [];
  return Object.entries(partitions).flatMap(([name, partition]): Found[] => {
    const place = [...path, "partitions", name];
    return [
      { object: { kind: "partition", name, sql: [createPartition(name, parent, partition)] }, path: place },
      ...partitionsOf(name, partition.partitions, place),
    ];
  });
}

function createPartition(name: string, parent: string, partition: PartitionDeclaration): string {
  const { partitionBy, storage } = partition;
  const clauses = tableClauses({
    partitionBy: partitionBy && partitionKey(partitionBy),
    storage:
      storage && Object.fromEntries(Object.entries(storage).map(([key, value]) => [key, String(value)])),
  });
  return `create table ${quoteName(name)} partition of ${quoteName(parent)} ${boundOf(partition)}${clauses}`;
}

function boundOf({ from, to, in: list, modulus, remainder }: PartitionDeclaration): string {
  if (from !== undefined && to !== undefined) return `for values from (${edge(from)}) to (${edge(to)})`;
  if (list !== undefined) return `for values in (${list.map(literal).join(", ")})`;
  if (modulus !== undefined) return `for values with (modulus ${modulus}, remainder ${remainder ?? 0})`;
  return "default";
}

type Bound = string | number | boolean | null;

const edge = (bound: Bound | Bound[]): string =>
  (Array.isArray(bound) ? bound : [bound])
    .map((one) => (one === "minvalue" || one === "maxvalue" ? one : literal(one)))
    .join(", ");

const literal = (value: Bound): string => (typeof value === "string" ? quoteLiteral(value) : String(value));
