import type { Database } from "../../../src/database/database.ts";

/**
 * Makes a database as empty as a new one: without extensions but plpgsql, and with no schema but `public`, which is as
 * `initdb` makes it on this server, and `_stk`, which holds no rows. Roles are the server's, and stay.
 *
 * A schema that is dropped or made costs a session all plans that it keeps, so that `public` is emptied instead.
 */
export const clean = (database: Database): Promise<void> => database.script(script);

const publicNow = `(select concat_ws(' ', nspowner::regrole, nspacl, obj_description(oid, 'pg_namespace'),
    (select count(*) from pg_default_acl where defaclnamespace = pg_namespace.oid))
  from pg_namespace where nspname = 'public')`;

const script = `
do $clean$
declare statement text;
begin
  for statement in
    select format('drop event trigger %I', evtname) from pg_event_trigger
    union all select format('drop publication %I', pubname) from pg_publication
    union all select format('drop extension if exists %I cascade', extname) from pg_extension where extname <> 'plpgsql'
    union all select format('drop server if exists %I cascade', srvname) from pg_foreign_server
    union all select format('drop schema if exists %I cascade', nspname) from pg_namespace
      where nspname not in ('information_schema', '_stk', 'public') and nspname not like 'pg\\_%' and nspname not like 'aside\\_%'
  loop
    execute statement;
  end loop;
  if to_regclass('_stk.steps') is not null then
    delete from _stk.steps;
    delete from _stk.applies;
  end if;
  if current_setting('test.public', true) is distinct from ${publicNow} then
    drop schema if exists public cascade;
    create schema public;
    comment on schema public is 'standard public schema';
    if current_setting('server_version_num')::int >= 150000 then
      alter schema public owner to pg_database_owner;
      grant usage on schema public to public;
    else
      grant all on schema public to public;
    end if;
    perform set_config('test.public', ${publicNow}, false);
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
  end loop;
end
$clean$`;
