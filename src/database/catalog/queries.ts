/*
 * What is read of pg_catalog (PostgreSQL documentation, chapter "System Catalogs"), for Postgres 13 to 18.
 * Objects come in the order in which they were made. Everything is of the schemas `$1` (text[]) and of no extension.
 * A name that holds a dot cannot be told from SCHEMA.NAME, so it is among the others.
 */

/** Leaves out what an extension brought. */
export const notOfExtension = (catalog: string, oid: string): string => `not exists (
    select from pg_depend e where e.classid = '${catalog}'::regclass and e.objid = ${oid} and e.deptype = 'e')`;

/**
 * Object identifiers below are of the objects that every database has (PostgreSQL's transam.h). A query that leaves
 * them out reads a few rows by an index in place of a whole catalog.
 */
export const firstOfUsers = 16_384;

/** Every relation `c` of a managed schema `n`. */
export const tables = `pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = any ($1)
    and c.oid >= ${firstOfUsers}`;
/** Whether a relation `c` is a table that a declaration could name, and no partition. */
export const isTable = `c.relkind in ('r', 'p') and not c.relispartition and position('.' in c.relname) = 0
  and ${notOfExtension("pg_class", "c.oid")}`;

/** SQL for a name as models spell it: with its schema outside of `public`. */
export const modelName = (schema: string, name: string): string =>
  `case ${schema} when 'public' then ${name}::text else ${schema} || '.' || ${name} end`;

/** The name of a relation `c` of {@link tables}. */
export const tableName = modelName("n.nspname", "c.relname");

/** Names and times are spelt the same by every session that sets these. */
export const spelling = `set local search_path = public;
set local timezone = 'UTC';
set local datestyle = 'ISO, MDY';
set local intervalstyle = 'postgres';
set local extra_float_digits = 1`;

export const enumsQuery = `
  select t.oid::text, min(${modelName("n.nspname", "t.typname")}) as name,
    json_agg(l.enumlabel order by l.enumsortorder) as values
  from pg_type t join pg_namespace n on n.oid = t.typnamespace and n.nspname = any ($1)
    join pg_enum l on l.enumtypid = t.oid
  where position('.' in t.typname) = 0 and ${notOfExtension("pg_type", "t.oid")}
  group by t.oid order by t.oid`;

export const tablesQuery = `
  select c.oid::text, ${tableName} as name, pg_get_partkeydef(c.oid) as "partitionBy",
    (select json_agg(a.attname order by a.attnum) from pg_attribute a
      where c.relkind = 'p' and a.attrelid = c.oid and a.attnum > 0 and exists (
        select from pg_depend d
        where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.objid = c.oid
          and d.refobjid = c.oid and (d.objsubid, d.refobjsubid) in ((a.attnum, 0), (0, a.attnum))))
      as "partitionColumns",
    (select json_object_agg(split_part(o, '=', 1), substr(o, position('=' in o) + 1) order by o) from (
      select unnest(c.reloptions) o union all select 'toast.' || unnest(h.reloptions)) options) as storage,
    nullif(c.relpersistence = 'u', false) as unlogged,
    case when c.relrowsecurity and c.relforcerowsecurity then 'forced' when c.relrowsecurity then 'enabled' end
      as "rowSecurity",
    s.spcname::text as tablespace
  from ${tables} left join pg_class h on h.oid = c.reltoastrelid left join pg_tablespace s on s.oid = c.reltablespace
  where ${isTable} order by c.oid`;

/** What no declaration can say. Kinds that are modelled are not among these. */
export const othersQuery = `
  select kind, name from (
    select case when c.relkind = 'f' then 'foreign table' else 'relation with a dot in its name' end as kind,
      ${tableName} as name
    from ${tables}
    where (c.relkind = 'f' or c.relkind in ('r', 'p', 'v', 'm', 'S') and position('.' in c.relname) > 0)
      and ${notOfExtension("pg_class", "c.oid")}
    union all
    select 'range type', ${modelName("n.nspname", "t.typname")}
    from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where n.nspname = any ($1) and t.typtype = 'r' and ${notOfExtension("pg_type", "t.oid")}
    union all
    select case p.prokind when 'a' then 'aggregate' else 'window function' end,
      format('%s(%s)', ${modelName("n.nspname", "p.proname")}, pg_get_function_identity_arguments(p.oid))
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where p.oid >= ${firstOfUsers} and n.nspname = any ($1) and p.prokind in ('a', 'w') and ${notOfExtension("pg_proc", "p.oid")}
    union all
    select 'rule', format('%s on %s', w.rulename, ${tableName})
    from ${tables} join pg_rewrite w on w.ev_class = c.oid and w.rulename <> '_RETURN'
    union all
    select 'statistics', ${modelName("n.nspname", "s.stxname")}
    from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace where n.nspname = any ($1)
    union all
    select 'operator', format('%s (%s, %s)', o.oprname, o.oprleft::regtype, o.oprright::regtype)
    from pg_operator o join pg_namespace n on n.oid = o.oprnamespace
    where n.nspname = any ($1) and ${notOfExtension("pg_operator", "o.oid")}
    union all
    select 'collation', ${modelName("n.nspname", "l.collname")}
    from pg_collation l join pg_namespace n on n.oid = l.collnamespace
    where n.nspname = any ($1) and ${notOfExtension("pg_collation", "l.oid")}
    union all
    select 'text search configuration', ${modelName("n.nspname", "f.cfgname")}
    from pg_ts_config f join pg_namespace n on n.oid = f.cfgnamespace
    where n.nspname = any ($1) and ${notOfExtension("pg_ts_config", "f.oid")}
  ) others order by kind, name`;
