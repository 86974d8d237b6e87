import { modelName, notOfExtension } from "../catalog/queries.ts";
import { collationName, storageOf, typeName } from "./spelling.ts";

const inSchemas = (oid: string): string => `join pg_namespace n on n.oid = ${oid} and n.nspname = any ($1)`;

/** The schemas that somebody made, with those of them that no tool of Postgres' own needs. */
export const schemaNamesQuery = `
  select n.nspname::text as name from pg_namespace n
  where n.nspname not in ('information_schema', '_stk', '_stk_run') and n.nspname !~ '^pg_' and ${notOfExtension("pg_namespace", "n.oid")}
  order by n.oid`;

/** Managed schemas. */
export const schemasQuery = `
  select n.oid::text, n.nspname::text as name, obj_description(n.oid, 'pg_namespace') as comment
  from pg_namespace n where n.nspname = any ($1) order by n.oid`;

/** Extensions, with a comment where it is not the one that came with it. */
export const extensionsQuery = `
  select e.oid::text, e.extname::text as name, n.nspname::text as schema,
    nullif(obj_description(e.oid, 'pg_extension'), (
      select a.comment from pg_available_extensions a where a.name = e.extname)) as comment
  from pg_extension e join pg_namespace n on n.oid = e.extnamespace
  where e.extname <> 'plpgsql' and cardinality($1::text[]) > 0 order by e.oid`;

/** Enums. */
export const enumsQuery = `
  select t.oid::text, ${modelName("n.nspname", "t.typname")} as name, obj_description(t.oid, 'pg_type') as comment,
    (select json_agg(l.enumlabel order by l.enumsortorder) from pg_enum l where l.enumtypid = t.oid) as values
  from pg_type t ${inSchemas("t.typnamespace")}
  where t.typtype = 'e' and position('.' in t.typname) = 0 and ${notOfExtension("pg_type", "t.oid")} order by t.oid`;

/** Domains. */
export const domainsQuery = `
  select t.oid::text, ${modelName("n.nspname", "t.typname")} as name, obj_description(t.oid, 'pg_type') as comment,
    ${typeName("t.typbasetype", "t.typtypmod")} as type, t.typnotnull as "notNull",
    pg_get_expr(t.typdefaultbin, 0) as default, ${collationName("t.typcollation", "b.typcollation")} as collation,
    (select json_agg(json_build_object('oid', q.oid::text, 'name', q.conname, 'expression', pg_get_expr(q.conbin, 0),
        'comment', obj_description(q.oid, 'pg_constraint'), 'validated', q.convalidated) order by q.oid)
      from pg_constraint q where q.contypid = t.oid and q.contype = 'c') as checks
  from pg_type t ${inSchemas("t.typnamespace")} join pg_type b on b.oid = t.typbasetype
  where t.typtype = 'd' and position('.' in t.typname) = 0 and ${notOfExtension("pg_type", "t.oid")} order by t.oid`;

/** Composite types that are no table's. */
export const compositesQuery = `
  select t.oid::text, t.typrelid::text as relation, ${modelName("n.nspname", "t.typname")} as name,
    obj_description(t.oid, 'pg_type') as comment,
    (select json_agg(json_build_object('name', a.attname, 'type', ${typeName("a.atttypid", "a.atttypmod")},
        'collation', ${collationName("a.attcollation", "b.typcollation")},
        'comment', col_description(a.attrelid, a.attnum)) order by a.attnum)
      from pg_attribute a join pg_type b on b.oid = a.atttypid
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as attributes
  from pg_type t ${inSchemas("t.typnamespace")} join pg_class c on c.oid = t.typrelid and c.relkind = 'c'
  where position('.' in t.typname) = 0 and ${notOfExtension("pg_type", "t.oid")} order by t.oid`;

/** Views (`v`) or materialized views (`m`). */
export const viewsQuery = (kind: "v" | "m"): string => `
  select c.oid::text, ${modelName("n.nspname", "c.relname")} as name, obj_description(c.oid, 'pg_class') as comment,
    pg_get_viewdef(c.oid) as query, ${storageOf("unnest(c.reloptions)")} as options,
    (select json_object_agg(a.attname, d.description order by a.attnum)
      from pg_description d join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid
      where d.classoid = 'pg_class'::regclass and d.objoid = c.oid and d.objsubid > 0) as "columnComments",
    case when exists (select from pg_attrdef d where d.adrelid = c.oid) then 'a column of it has a default' end as oddity
  from pg_class c ${inSchemas("c.relnamespace")}
  where c.relkind = '${kind}' and position('.' in c.relname) = 0 and ${notOfExtension("pg_class", "c.oid")} order by c.oid`;

/** Functions and procedures. */
export const routinesQuery = `
  select p.oid::text, ${modelName("n.nspname", "p.proname")} as name, obj_description(p.oid, 'pg_proc') as comment,
    format('%s(%s)', ${modelName("n.nspname", "p.proname")}, pg_get_function_identity_arguments(p.oid)) as signature,
    case when p.proargmodes is null then oidvectortypes(p.proargtypes)
      else pg_get_function_identity_arguments(p.oid) end as arguments,
    pg_get_functiondef(p.oid) as definition,
    case when l.lanname not in ('sql', 'plpgsql') then 'its language is ' || l.lanname end as oddity
  from pg_proc p ${inSchemas("p.pronamespace")} join pg_language l on l.oid = p.prolang
  where p.prokind in ('f', 'p') and position('.' in p.proname) = 0 and ${notOfExtension("pg_proc", "p.oid")}
    and not exists (
      select from pg_depend i where i.classid = 'pg_proc'::regclass and i.objid = p.oid and i.deptype = 'i')
  order by p.oid`;
