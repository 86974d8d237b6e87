import { z } from "zod";
import { modelName, notOfExtension } from "../catalog/queries.ts";
import { quoteName } from "../identifier.ts";
import { storageList, tableClauses } from "../storage-parameters.ts";
import { defineKind } from "./kind.ts";

/** What is compared of a partition. */
export const partitionFacts = z.strictObject({
  /** The table, or the partition, that it is one of. */
  of: z.string(),
  /** `FOR VALUES IN ('open')`, `DEFAULT`. */
  bound: z.string(),
  partitionBy: z.string().nullable(),
  storage: z.record(z.string(), z.string()),
});

/** Partitions, at every depth (PostgreSQL documentation, 5.12). What they have from their table is the table's. */
export const partition = defineKind({
  kind: "partition",
  word: "partition",
  catalog: "pg_class",
  holdsData: true,
  query: `
    select c.oid::text, n.nspname::text as schema, c.relname::text as name, null as table,
      json_build_object(
        'of', (select ${modelName("m.nspname", "p.relname")}
          from pg_inherits i join pg_class p on p.oid = i.inhparent join pg_namespace m on m.oid = p.relnamespace
          where i.inhrelid = c.oid),
        'bound', pg_get_expr(c.relpartbound, c.oid),
        'partitionBy', pg_get_partkeydef(c.oid),
        'storage', coalesce((select json_object_agg(split_part(o, '=', 1), substr(o, position('=' in o) + 1)) from (
          select unnest(c.reloptions) o union all
          select 'toast.' || unnest(h.reloptions) from pg_class h where h.oid = c.reltoastrelid) options),
          '{}'::json)) as facts,
      null::text[] as grants,
      case when pg_get_expr(c.relpartbound, c.oid) not like 'FOR VALUES WITH %'
        then pg_get_partition_constraintdef(c.oid) end as rows,
      array(select ${modelName("m.nspname", "p.relname")}
        from pg_partition_ancestors(c.oid) a join pg_class p on p.oid = a.relid
          join pg_namespace m on m.oid = p.relnamespace
        where a.relid <> c.oid) as within
    from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = any ($1)
    where c.relispartition and c.relkind in ('r', 'p') and position('.' in c.relname) = 0
      and ${notOfExtension("pg_class", "c.oid")}
    order by c.oid`,
  facts: partitionFacts,
  create: ({ name, facts: { of, bound, partitionBy, storage } }) => [
    `create table ${quoteName(name)} partition of ${quoteName(of)} ${bound}${tableClauses({
      partitionBy: partitionBy ?? undefined,
      storage: Object.keys(storage).length === 0 ? undefined : storage,
    })}`,
  ],
  drop: ({ name }) => `drop table ${quoteName(name)}`,
  /** Only storage parameters change in place. */
  alter({ facts: from }, { name, facts: to }) {
    const gone = Object.keys(from.storage).filter((key) => !Object.hasOwn(to.storage, key));
    const set = Object.fromEntries(
      Object.entries(to.storage).filter(([key, value]) => from.storage[key] !== value),
    );
    const alter = `alter table ${quoteName(name)}`;
    return [
      ...(Object.keys(set).length === 0 ? [] : [`${alter} set (${storageList(set)})`]),
      ...(gone.length === 0 ? [] : [`${alter} reset (${gone.toSorted().join(", ")})`]),
    ];
  },
});
