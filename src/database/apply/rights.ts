import type { Database } from "../database.ts";
import type { Change } from "../diff/change.ts";
import { lacking, type MissingRight, missingRights } from "../plan/missing-rights.ts";
import { neededRights } from "../plan/needed-rights.ts";

/** The schema of the record is made by whoever may make one, or was made for the role. */
const recordQuery = `
  select current_user::text as role, '_stk' as object, lacks, help from (
    select 'CREATE on the database ' || quote_ident(current_database()) || ', for the record' as lacks,
      format('create schema _stk authorization %I', current_user) as help
    where not exists (select from pg_namespace where nspname = '_stk')
      and not has_database_privilege(current_database(), 'create')
    union all
    select 'CREATE and USAGE on the schema _stk, for the record',
      format('grant create, usage on schema _stk to %I', current_user)
    from pg_namespace s
    where s.nspname = '_stk' and not exists (select from pg_class where relnamespace = s.oid and relname = 'steps')
      and not (has_schema_privilege(s.oid, 'create') and has_schema_privilege(s.oid, 'usage'))
    union all
    select 'USAGE on the schema _stk, for the record', format('grant usage on schema _stk to %I', current_user)
    from pg_namespace s
    where s.nspname = '_stk' and exists (select from pg_class where relnamespace = s.oid and relname = 'steps')
      and not has_schema_privilege(s.oid, 'usage')
    union all
    select 'SELECT, INSERT and UPDATE on the tables of _stk, for the record',
      format('grant select, insert, update on all tables in schema _stk to %I', current_user)
    where exists (
      select from pg_class c join pg_namespace s on s.oid = c.relnamespace and s.nspname = '_stk'
        cross join unnest(array['select', 'insert', 'update']) p
      where c.relname in ('applies', 'steps') and not has_table_privilege(c.oid, p))
  ) missing`;

/**
 * Sees before the first step that the role of the connection may do all that the changes need.
 *
 * @throws {StkError} `missing_right` with every right that is missing and the statements that give them.
 */
export async function assertRights(database: Database, changes: readonly Change[]): Promise<void> {
  const missing = [
    ...(await missingRights(database, neededRights(changes))),
    ...(await database.query<MissingRight>(recordQuery)),
  ];
  if (missing.length > 0) throw lacking(missing);
}
