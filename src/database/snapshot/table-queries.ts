import { modelName, notOfExtension } from "../catalog/queries.ts";
import { collationName, columnNames, indexBody, storageOf, typeName } from "./spelling.ts";

const tables = "pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = any ($1)";
const isTable = `c.relkind in ('r', 'p') and position('.' in c.relname) = 0 and ${notOfExtension("pg_class", "c.oid")}`;
const tableName = modelName("n.nspname", "c.relname");
const isWhole = "not c.relispartition";

const counting = `'type', format_type(s.seqtypid, null), 'start', s.seqstart::text, 'increment', s.seqincrement::text,
  'min', s.seqmin::text, 'max', s.seqmax::text, 'cache', s.seqcache::text, 'cycle', s.seqcycle`;

const columns = `(
    select json_agg(json_build_object('name', a.attname,
      'type', ${typeName("a.atttypid", "a.atttypmod")}, 'castType', format_type(a.atttypid, null),
      'isEnum', t.typtype = 'e', 'notNull', a.attnotnull,
      'default', pg_get_expr(d.adbin, d.adrelid),
      'identity', case a.attidentity when 'a' then 'always' when 'd' then 'by default' end,
      'generated', case a.attgenerated when 's' then 'stored' when 'v' then 'virtual' end,
      'collation', ${collationName("a.attcollation", "t.typcollation")},
      'storage', case when a.attstorage <> t.typstorage then case a.attstorage
        when 'p' then 'plain' when 'e' then 'external' when 'x' then 'extended' else 'main' end end,
      'compression', case to_jsonb(a) ->> 'attcompression' when 'p' then 'pglz' when 'l' then 'lz4' end,
      'statistics', nullif((to_jsonb(a) ->> 'attstattarget')::int, -1),
      'comment', col_description(c.oid, a.attnum),
      'sequence', (select json_build_object('name', ${modelName("qn.nspname", "q.relname")}, ${counting})
        from pg_depend p join pg_class q on q.oid = p.objid join pg_namespace qn on qn.oid = q.relnamespace
          join pg_sequence s on s.seqrelid = q.oid
        where p.classid = 'pg_class'::regclass and p.refclassid = 'pg_class'::regclass and p.deptype = 'i'
          and p.refobjid = c.oid and p.refobjsubid = a.attnum)) order by a.attnum)
    from pg_attribute a join pg_type t on t.oid = a.atttypid
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)`;

/** Columns of a partition that are not like those of what it is a partition of. */
const ownColumns = `
        select from pg_inherits h join pg_attribute a on a.attrelid = h.inhrelid and a.attnum > 0 and not a.attisdropped
          join pg_attribute o on o.attrelid = h.inhparent and o.attname = a.attname
          left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
          left join pg_attrdef e on e.adrelid = o.attrelid and e.adnum = o.attnum
        where h.inhrelid = c.oid and (a.attnotnull <> o.attnotnull or a.attstorage <> o.attstorage
          or pg_get_expr(d.adbin, d.adrelid) is distinct from pg_get_expr(e.adbin, e.adrelid))`;

/** The sequences behind identities that are called other than they are when they are made, or have a comment. */
const ownSequences = `
        select u.what || q.relname
        from pg_depend p join pg_class q on q.oid = p.objid and q.relkind = 'S'
          join pg_attribute a on a.attrelid = c.oid and a.attnum = p.refobjsubid
          cross join lateral (values
            ('the name of the identity''s sequence ', octet_length(c.relname || '_' || a.attname || '_seq') < 64
              and q.relname <> c.relname || '_' || a.attname || '_seq'),
            ('the comment on the identity''s sequence ', obj_description(q.oid, 'pg_class') is not null)) u (what, holds)
        where p.classid = 'pg_class'::regclass and p.refclassid = 'pg_class'::regclass and p.deptype = 'i'
          and p.refobjid = c.oid and u.holds
        order by 1`;

/** Tables and partitions, each after what it is a partition of. */
export const tablesQuery = `
  select c.oid::text, ${tableName} as name, obj_description(c.oid, 'pg_class') as comment,
    case when c.relispartition then (select ${modelName("pn.nspname", "p.relname")}
      from pg_inherits h join pg_class p on p.oid = h.inhparent join pg_namespace pn on pn.oid = p.relnamespace
      where h.inhrelid = c.oid) end as parent,
    pg_get_expr(c.relpartbound, c.oid) as bound, pg_get_partkeydef(c.oid) as "partitionBy",
    ${storageOf("unnest(c.reloptions)", "'toast.' || unnest(h.reloptions)")} as storage,
    c.relpersistence = 'u' as unlogged, c.relrowsecurity as "rowSecurity", c.relforcerowsecurity as forced,
    case when c.reloftype <> 0 then 'it is of a type'
      when c.relpersistence = 't' then 'it is temporary'
      when not c.relispartition and exists (select from pg_inherits h where h.inhrelid = c.oid) then 'it inherits from another'
      when exists (select from pg_partitioned_table r cross join lateral unnest(r.partclass::oid[], r.partcollation::oid[], r.partattrs::int2[])
          as u (class, coll, number)
          join pg_opclass o on o.oid = u.class
          left join pg_attribute a on a.attrelid = r.partrelid and a.attnum = u.number
        where r.partrelid = c.oid and (not o.opcdefault or u.coll <> coalesce(nullif(a.attcollation, 0), u.coll)))
        then 'its partition key has an operator class or a collation'
    end as oddity,
    array_remove(array[
      case c.relreplident when 'f' then 'the replica identity full' when 'n' then 'the replica identity nothing'
        when 'i' then 'the replica identity using an index' end,
      case when exists (select from pg_index i where i.indrelid = c.oid and i.indisclustered)
        then 'the index that it is clustered by' end,
      case when exists (select from pg_attribute a where a.attrelid = c.oid and a.attoptions is not null)
        then 'options of a column' end,
      case when c.relispartition and c.relrowsecurity then 'row security of a partition alone' end,
      case when c.relforcerowsecurity and not c.relrowsecurity then 'row security that is forced and not enabled' end,
      case when c.relispartition and exists (${ownColumns}) then 'what a partition says of its columns alone' end]
      || array(${ownSequences}), null) as unsaid,
    coalesce(${columns}, '[]') as columns
  from ${tables} left join pg_class h on h.oid = c.reltoastrelid
  where ${isTable} order by c.relispartition, c.oid`;

const action = (column: string): string =>
  `case ${column} when 'r' then 'restrict' when 'c' then 'cascade' when 'n' then 'set null' when 'd' then 'set default'
    else 'no action' end`;

const operators = "(select r.oprname from pg_operator r where r.oid = q.conexclop[k])";

/** Constraints of tables, but of NOT NULL, which is a column's. */
export const constraintsQuery = `
  select q.oid::text, q.conname::text as name, obj_description(q.oid, 'pg_constraint') as comment, ${tableName} as table,
    case q.contype when 'p' then 'primaryKey' when 'u' then 'unique' when 'c' then 'check' when 'f' then 'foreignKey'
      else 'exclusion' end as kind,
    coalesce(${columnNames("q.conrelid", "q.conkey")}, '[]') as columns,
    case when q.condeferred then 'initially deferred' when q.condeferrable then 'deferrable' end as deferrable,
    q.convalidated as validated,
    case when q.contype = 'c' then pg_get_expr(q.conbin, q.conrelid) end as expression,
    q.contype = 'c' and q.connoinherit as "noInherit",
    case when q.contype = 'f' then json_build_object('table', ${modelName("rn.nspname", "r.relname")},
      'columns', ${columnNames("q.confrelid", "q.confkey")}) end as references,
    ${action("q.confdeltype")} as "onDelete", ${action("q.confupdtype")} as "onUpdate",
    case when q.contype = 'f' then ${columnNames(
      "q.conrelid",
      "array(select jsonb_array_elements_text(nullif(to_jsonb(q) -> 'confdelsetcols', 'null'))::int2)",
    )} end as "setColumns",
    q.confmatchtype = 'f' as "isFull",
    case when x.oid is not null and q.contype <> 'f' then json_build_object(${indexBody(operators)}) end as index,
    case when coalesce((to_jsonb(q) ->> 'conperiod')::boolean, false) then 'it is over a period'
      when not coalesce((to_jsonb(q) ->> 'conenforced')::boolean, true) then 'it is not enforced' end as oddity
  from ${tables} join pg_constraint q on q.conrelid = c.oid and q.contype in ('p', 'u', 'c', 'f', 'x') and q.conparentid = 0
    left join pg_index i on i.indexrelid = q.conindid left join pg_class x on x.oid = q.conindid
    left join pg_am m on m.oid = x.relam
    left join pg_class r on r.oid = q.confrelid left join pg_namespace rn on rn.oid = r.relnamespace
  where ${isTable} and ${isWhole} order by c.oid, q.oid`;

/** Indexes of tables and materialized views that no constraint owns. */
export const indexesQuery = `
  select f.* from (
    select x.oid::text, x.oid as made, x.relname::text as name, obj_description(x.oid, 'pg_class') as comment,
      ${tableName} as table, json_build_object(${indexBody()}) as body
    from ${tables} join pg_index i on i.indrelid = c.oid join pg_class x on x.oid = i.indexrelid
      join pg_am m on m.oid = x.relam
    where c.relkind in ('r', 'p', 'm') and position('.' in c.relname) = 0 and ${notOfExtension("pg_class", "c.oid")} and ${isWhole} and i.indexrelid not in (
      select k.conindid from pg_constraint k where k.contype in ('p', 'u', 'x'))) f
  order by made`;

/** What stands on a partition alone, which a declaration cannot say. */
export const partitionPartsQuery = `
  select 'index' as kind, x.relname::text as name, ${tableName} as table
  from ${tables} join pg_index i on i.indrelid = c.oid join pg_class x on x.oid = i.indexrelid
  where c.relispartition and not exists (select from pg_inherits h where h.inhrelid = x.oid)
    and x.oid not in (select k.conindid from pg_constraint k)
  union all
  select 'constraint', q.conname::text, ${tableName}
  from ${tables} join pg_constraint q on q.conrelid = c.oid
  where c.relispartition and q.conparentid = 0 and q.conislocal and q.contype in ('p', 'u', 'c', 'f', 'x')
  union all
  select 'trigger', t.tgname::text, ${tableName}
  from ${tables} join pg_trigger t on t.tgrelid = c.oid
  where c.relispartition and t.tgparentid = 0 and not t.tgisinternal
  union all
  select 'policy', p.polname::text, ${tableName} from ${tables} join pg_policy p on p.polrelid = c.oid
  where c.relispartition
  order by 1, 2`;

/** Triggers of tables and views. */
export const triggersQuery = `
  select t.oid::text, t.tgname::text as name, obj_description(t.oid, 'pg_trigger') as comment, ${tableName} as table,
    case when t.tgtype & 64 <> 0 then 'insteadOf' when t.tgtype & 2 <> 0 then 'before' else 'after' end as timing,
    array_remove(array[case when t.tgtype & 4 <> 0 then 'insert' end, case when t.tgtype & 16 <> 0 then 'update' end,
      case when t.tgtype & 8 <> 0 then 'delete' end, case when t.tgtype & 32 <> 0 then 'truncate' end], null) as events,
    ${columnNames("t.tgrelid", "t.tgattr::int2[]")} as columns,
    case when t.tgtype & 1 <> 0 then 'row' else 'statement' end as "forEach",
    t.tgoldtable::text as "oldTable", t.tgnewtable::text as "newTable",
    case when t.tgconstraint <> 0 then case when t.tginitdeferred then 'initially deferred'
      when t.tgdeferrable then 'deferrable' else 'not deferrable' end end as constraint,
    case t.tgenabled when 'D' then 'disabled' when 'A' then 'always' when 'R' then 'replica' else 'origin' end as enabled,
    pg_get_triggerdef(t.oid) as definition,
    (select ${modelName("rn.nspname", "r.relname")} from pg_class r join pg_namespace rn on rn.oid = r.relnamespace
      where r.oid = t.tgconstrrelid) as from
  from ${tables} join pg_trigger t on t.tgrelid = c.oid and not t.tgisinternal and t.tgparentid = 0
  where ${isWhole} and ${notOfExtension("pg_trigger", "t.oid")} order by t.oid`;

/** Policies of row-level security. */
export const policiesQuery = `
  select p.oid::text, p.polname::text as name, obj_description(p.oid, 'pg_policy') as comment, ${tableName} as table,
    p.polpermissive as permissive, case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
      when 'd' then 'delete' else 'all' end as for,
    case when p.polroles <> '{0}' then (select array_agg(case u.role when 0 then 'public' else r.rolname::text end order by r.rolname)
      from unnest(p.polroles) u (role) left join pg_roles r on r.oid = u.role) end as to,
    pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as check
  from ${tables} join pg_policy p on p.polrelid = c.oid where ${isWhole} order by p.oid`;

/** Sequences that no identity column has. */
export const sequencesQuery = `
  select c.oid::text, ${tableName} as name, obj_description(c.oid, 'pg_class') as comment,
    json_build_object(${counting}) as counting,
    (select json_build_object('table', ${modelName("on_.nspname", "o.relname")}, 'column', a.attname)
      from pg_depend p join pg_class o on o.oid = p.refobjid join pg_namespace on_ on on_.oid = o.relnamespace
        join pg_attribute a on a.attrelid = o.oid and a.attnum = p.refobjsubid
      where p.classid = 'pg_class'::regclass and p.objid = c.oid and p.deptype = 'a'
        and p.refclassid = 'pg_class'::regclass limit 1) as owner
  from ${tables} join pg_sequence s on s.seqrelid = c.oid
  where position('.' in c.relname) = 0 and ${notOfExtension("pg_class", "c.oid")} and not exists (
    select from pg_depend p where p.classid = 'pg_class'::regclass and p.objid = c.oid and p.deptype = 'i')
  order by c.oid`;
