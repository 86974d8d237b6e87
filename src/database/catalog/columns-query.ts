import { isTable, tableName, tables } from "./queries.ts";

/** The largest number of a sequence's type; the smallest is one more, below zero. */
const largest = `case z.seqtypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647
  else 9223372036854775807 end`;
const usualMin = `case when z.seqincrement > 0 then 1 else - (${largest}) - 1 end`;
const usualMax = `case when z.seqincrement > 0 then ${largest} else -1 end`;

/** How a sequence `z` of pg_sequence counts, where it is not as usual: `start with 1000 cycle`. */
const identityOptions = `nullif(concat_ws(' ',
    case when z.seqstart <> case when z.seqincrement > 0 then z.seqmin else z.seqmax end
      then 'start with ' || z.seqstart end,
    case when z.seqincrement <> 1 then 'increment by ' || z.seqincrement end,
    case when z.seqmin <> ${usualMin} then 'minvalue ' || z.seqmin end,
    case when z.seqmax <> ${usualMax} then 'maxvalue ' || z.seqmax end,
    case when z.seqcache <> 1 then 'cache ' || z.seqcache end,
    case when z.seqcycle then 'cycle' end), '')`;

/** Postgres 14 brought compression, and 17 made null of a target that nobody has set. */
const settings = (version: number): string => `
    case when a.attstorage <> t.typstorage then case a.attstorage when 'p' then 'plain' when 'e' then 'external'
      when 'm' then 'main' else 'extended' end end as storage,
    ${version < 140_000 ? "null" : "case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end"} as compression,
    ${version < 170_000 ? "nullif(a.attstattarget, -1)" : "a.attstattarget"}::int4 as statistics`;

/** Reads the columns of tables. `version` is the server's: 170002. */
export const columnsQuery = (version: number): string => `
  select c.oid::text as relation, a.attnum as number, ${tableName} as table, a.attname::text as name,
    format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable,
    pg_get_expr(d.adbin, d.adrelid) as default,
    case when a.attcollation <> t.typcollation then a.attcollation::regcollation::text end as collation,
    s.name as sequence,
    coalesce(pg_get_expr(d.adbin, d.adrelid) = format('nextval(%L::regclass)', s.name), false) as serial,
    k.conname::text as "notNull",
    case a.attidentity when 'a' then 'always' when 'd' then 'by default' end as identity,
    ${identityOptions} as "identityOptions",
    case a.attgenerated when 's' then 'stored' when 'v' then 'virtual' end as generated,${settings(version)}
  from ${tables}
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    left join pg_constraint k on k.conrelid = c.oid and k.contype = 'n' and k.conkey[1] = a.attnum
    left join (
      select distinct on (p.refobjid, p.refobjsubid, p.deptype) p.refobjid, p.refobjsubid, p.deptype, q.oid,
        q.oid::regclass::text as name
      from pg_depend p join pg_class q on q.oid = p.objid and q.relkind = 'S'
      where p.classid = 'pg_class'::regclass and p.refclassid = 'pg_class'::regclass and p.deptype in ('a', 'i')
      order by p.refobjid, p.refobjsubid, p.deptype, q.relname) s
      on s.refobjid = c.oid and s.refobjsubid = a.attnum
        and s.deptype = case a.attidentity when '' then 'a'::"char" else 'i' end
    left join pg_sequence z on a.attidentity <> '' and z.seqrelid = s.oid
  where ${isTable}
  order by c.oid, a.attnum`;
