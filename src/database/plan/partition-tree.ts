import { modelName } from "../catalog/queries.ts";
import type { Database } from "../database.ts";
import { quoteName } from "../identifier.ts";

/** An index of a partition, with what stands after its table, `USING btree (a)`. */
export type PartitionIndex = {
  name: string;
  definition: string;
  unique: boolean;
  valid: boolean;
  /** The index of the parent that it is a part of. */
  partOf: string | null;
  constraint: boolean;
};

/** A partition, whether or not it is managed. */
export type Partition = {
  name: string;
  /** The table, or the partition, that it is a partition of. */
  parent: string;
  isLeaf: boolean;
  isForeign: boolean;
  indexes: readonly PartitionIndex[];
};

/** All partitions of a table, each after what it is a partition of, and which names are taken in their schemas. */
export type PartitionTree = { partitions: readonly Partition[]; taken: ReadonlySet<string> };

const partitionsQuery = `
  select ${modelName("n.nspname", "c.relname")} as name,
    (select ${modelName("m.nspname", "o.relname")} from pg_class o join pg_namespace m on m.oid = o.relnamespace
      where o.oid = p.parentrelid) as parent,
    p.isleaf as "isLeaf", c.relkind = 'f' as "isForeign",
    coalesce((select json_agg(json_build_object(
        'name', x.relname,
        'definition', substr(d.text, position(' USING ' in d.text) + 1),
        'unique', i.indisunique, 'valid', i.indisvalid and i.indisready,
        'partOf', (select u.relname from pg_inherits h join pg_class u on u.oid = h.inhparent where h.inhrelid = x.oid),
        'constraint', exists (
          select from pg_constraint k where k.conrelid = i.indrelid and k.conindid = x.oid and k.contype in ('p', 'u', 'x')))
        order by x.oid)
      from pg_index i join pg_class x on x.oid = i.indexrelid,
        lateral (select pg_get_indexdef(x.oid) as text) d
      where i.indrelid = c.oid), '[]'::json) as indexes
  from pg_partition_tree(to_regclass($1)) p join pg_class c on c.oid = p.relid
    join pg_namespace n on n.oid = c.relnamespace
  where p.level > 0 order by p.level, c.oid`;

const takenQuery = `
  select ${modelName("n.nspname", "c.relname")} as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.oid in (select s.relnamespace from pg_partition_tree(to_regclass($1)) p join pg_class s on s.oid = p.relid)`;

/** The partitions of a table that has none. */
export const noPartitions: PartitionTree = { partitions: [], taken: new Set() };

/** The partitions of a live table, in the transaction that is open. */
export async function readPartitionTree(database: Database, table: string): Promise<PartitionTree> {
  const names = [quoteName(table)];
  const partitions = await database.query<Partition>(partitionsQuery, names);
  const taken = await database.query<{ name: string }>(takenQuery, names);
  return { partitions, taken: new Set(taken.map(({ name }) => name)) };
}
