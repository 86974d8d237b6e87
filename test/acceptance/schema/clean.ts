import type { Database } from "../../../src/database/database.ts";
import { emptySchemas } from "../../../src/database/shadow/emptied.ts";

/**
 * Makes a database as empty as a new one: without extensions but plpgsql, and with no schema but `public`, which is as
 * `initdb` makes it on this server, and `_stk`, which holds no rows. Roles are the server's, and stay.
 */
export const clean = (database: Database): Promise<void> => database.script(script);

const script = `
do $clean$
declare statement text;
begin
  for statement in
    select format('drop event trigger %I', evtname) from pg_event_trigger
    union all select format('drop publication %I', pubname) from pg_publication
    union all select format('drop server if exists %I cascade', srvname) from pg_foreign_server
  loop
    execute statement;
  end loop;
  ${emptySchemas("^(_stk$|aside_)")}
  if to_regclass('_stk.steps') is not null then
    delete from _stk.steps;
    delete from _stk.applies;
  end if;
end
$clean$`;
