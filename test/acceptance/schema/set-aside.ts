import type { Database } from "../../../src/database/database.ts";

/** The schema that what the nth case made is set aside in. */
export const asideOf = (index: number): string => `aside_${index}`;

/** Makes the schemas that `count` cases are set aside in: one that is made later costs a session all plans it keeps. */
export const makeAsides = (database: Database, count: number): Promise<void> =>
  database.script(Array.from({ length: count }, (_, index) => `create schema ${asideOf(index)}`).join(";\n"));

/** Whether all that is in a database, but for what is set aside, is in `public`. */
export async function isAllInPublic(database: Database): Promise<boolean> {
  const [found] = await database.query<{ all: boolean }>(`
    select not exists (
      select from pg_event_trigger
      union all select from pg_publication
      union all select from pg_foreign_server
      union all select from pg_default_acl
      union all select from pg_extension where extname <> 'plpgsql'
      union all select from pg_namespace where nspname not in ('information_schema', '_stk', 'public')
        and nspname not like 'pg\\_%' and nspname not like 'aside\\_%'
      union all select from pg_namespace
        where nspname = 'public' and obj_description(oid, 'pg_namespace') is distinct from 'standard public schema'
    ) as all`);
  return found?.all ?? false;
}

/** Moves all that is in `public` to the schema of the nth case, so that one look at the end sees what all of them made. */
export const setAside = (database: Database, index: number): Promise<void> =>
  database.script(`
do $aside$
declare statement text;
begin
  loop
    select format('alter %s %s set schema ${asideOf(index)}', case
        when type = 'type' and exists (select from pg_type where oid = objid and typtype = 'd') then 'domain'
        when type = 'composite type' then 'type'
        when type = 'statistics object' then 'statistics' else type end, identity) into statement
      from pg_depend d, pg_identify_object(classid, objid, objsubid)
      where refclassid = 'pg_namespace'::regclass and refobjid = 'public'::regnamespace and deptype = 'n'
        and not exists (select from pg_depend o where (o.classid, o.objid) = (d.classid, d.objid)
          and o.deptype = 'i' and (o.refclassid, o.refobjid) <> (o.classid, o.objid))
      order by type not like '%table%'
      limit 1;
    exit when not found;
    execute statement;
  end loop;
end
$aside$`);
