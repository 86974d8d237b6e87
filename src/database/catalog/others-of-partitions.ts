import type { DeclaredScope } from "../../../schema/declared.ts";
import type { Database } from "../database.ts";
import type { OtherObject } from "../model/model.ts";
import { modelName, notOfExtension } from "./queries.ts";

/** What a partition has beside what its table gives it, and classic inheritance: no declaration says either. */
const query = `
  with partition as (
    select c.oid, ${modelName("n.nspname", "c.relname")} as name,
      c.relrowsecurity, i.inhparent, array(select ${modelName("m.nspname", "p.relname")}
        from pg_partition_ancestors(c.oid) a join pg_class p on p.oid = a.relid
          join pg_namespace m on m.oid = p.relnamespace) as within
    from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = any ($1)
      join pg_inherits i on i.inhrelid = c.oid
    where c.relispartition and c.relkind in ('r', 'p') and ${notOfExtension("pg_class", "c.oid")})
  select 'constraint of a partition' as kind, p.name || '.' || k.conname as name, p.within
  from partition p join pg_constraint k on k.conrelid = p.oid and k.conparentid = 0 and k.coninhcount = 0
    and k.contype in ('p', 'u', 'c', 'f', 'x')
  union all
  select 'index of a partition', p.name || '.' || x.relname, p.within
  from partition p join pg_index i on i.indrelid = p.oid join pg_class x on x.oid = i.indexrelid
  where not exists (select from pg_inherits h where h.inhrelid = x.oid)
    and not exists (select from pg_constraint k where k.conindid = x.oid and k.conrelid = p.oid)
  union all
  select 'trigger of a partition', p.name || '.' || t.tgname, p.within
  from partition p join pg_trigger t on t.tgrelid = p.oid and not t.tgisinternal and t.tgparentid = 0
  union all
  select 'policy of a partition', p.name || '.' || y.polname, p.within
  from partition p join pg_policy y on y.polrelid = p.oid
  union all
  select 'row security of a partition', p.name, p.within from partition p where p.relrowsecurity
  union all
  select 'column of a partition', p.name || '.' || a.attname, p.within
  from partition p join pg_attribute a on a.attrelid = p.oid and a.attnum > 0 and not a.attisdropped
    join pg_attribute o on o.attrelid = p.inhparent and o.attname = a.attname
    left join pg_attrdef d on d.adrelid = p.oid and d.adnum = a.attnum
    left join pg_attrdef e on e.adrelid = p.inhparent and e.adnum = o.attnum
  where a.attnotnull <> o.attnotnull
    or pg_get_expr(d.adbin, d.adrelid) is distinct from pg_get_expr(e.adbin, e.adrelid)
  union all
  select 'inheritance', format('%s from %s', ${modelName("n.nspname", "c.relname")}, i.inhparent::regclass),
    array[${modelName("n.nspname", "c.relname")}]
  from pg_inherits i join pg_class c on c.oid = i.inhrelid and c.relkind in ('r', 'f') and not c.relispartition
    join pg_namespace n on n.oid = c.relnamespace and n.nspname = any ($1)
  where ${notOfExtension("pg_class", "c.oid")}
  order by kind, name`;

/** Reads these, but those of partitions that a job makes. */
export async function readOthersOfPartitions(
  database: Database,
  { schemas, unmanagedPartitions }: DeclaredScope,
): Promise<OtherObject[]> {
  const rows = await database.query<OtherObject & { within: string[] }>(query, [schemas]);
  return rows
    .filter(({ within }) => !within.some((name) => unmanagedPartitions.includes(name)))
    .map(({ kind, name }) => ({ kind, name }));
}
