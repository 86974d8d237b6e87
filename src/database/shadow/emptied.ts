import type { Database } from "../database.ts";

/** Takes everything from an embedded database that was made in it. */
export async function emptied(database: Database): Promise<void> {
  await database.script(`rollback; do $empty$ declare statement text; begin ${emptySchemas()} end $empty$`);
}

/** Its owner, who may what, its comment, and how many default privileges it has. */
const publicAsNew =
  "pg_database_owner {pg_database_owner=UC/pg_database_owner,=U/pg_database_owner} standard public schema 0";

/**
 * PL/pgSQL, with a variable `statement`, that drops the extensions but plpgsql and the schemas but `kept`, a regular
 * expression. `public` is left as `initdb` makes it since Postgres 15: a schema that is dropped or made costs a session
 * all plans that it keeps, so that its objects are dropped one by one.
 */
export const emptySchemas = (kept = "^$"): string => `
  for statement in
    select format('drop extension if exists %I cascade', extname) from pg_extension where extname <> 'plpgsql'
    union all
    select format('drop schema if exists %I cascade', nspname) from pg_namespace
      where nspname not in ('information_schema', 'public') and nspname !~ '^pg_' and nspname !~ '${kept}'
  loop
    execute statement;
  end loop;
  if (select concat_ws(' ', nspowner::regrole, nspacl, obj_description(oid, 'pg_namespace'),
        (select count(*) from pg_default_acl where defaclnamespace = pg_namespace.oid))
      from pg_namespace where nspname = 'public') is distinct from '${publicAsNew}' then
    drop schema if exists public cascade;
    create schema public authorization pg_database_owner;
    grant usage on schema public to public;
    comment on schema public is 'standard public schema';
  end if;
  loop
    select format('drop %s if exists %s cascade', case type when 'composite type' then 'type'
        when 'statistics object' then 'statistics' else type end, identity) into statement
      from pg_depend d, pg_identify_object(classid, objid, objsubid)
      where refclassid = 'pg_namespace'::regclass and refobjid = 'public'::regnamespace and deptype = 'n'
        and not exists (select from pg_depend o where (o.classid, o.objid) = (d.classid, d.objid)
          and o.deptype in ('i', 'P', 'S') and (o.refclassid, o.refobjid) <> (o.classid, o.objid))
      limit 1;
    exit when not found;
    execute statement;
  end loop;`;
