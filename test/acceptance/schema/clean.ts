import type { Database } from "../../../src/database/database.ts";

/**
 * Makes a database as empty as a new one: without extensions but plpgsql, and with no schema but `public`, which is as
 * `initdb` makes it on this server. Roles are the server's, and stay.
 */
export const clean = (database: Database): Promise<void> => database.script(script);

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
      where nspname <> 'information_schema' and nspname not like 'pg\\_%'
  loop
    execute statement;
  end loop;
  create schema public;
  comment on schema public is 'standard public schema';
  if current_setting('server_version_num')::int >= 150000 then
    alter schema public owner to pg_database_owner;
    grant usage on schema public to public;
  else
    grant all on schema public to public;
  end if;
end
$clean$`;
