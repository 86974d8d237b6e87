import type { Database } from "../database.ts";

const most = 3;

/** What a role may not see of another's session is left out. */
const query = `
  select a.pid::text || ' (' || concat_ws(', ', nullif(coalesce(nullif(a.application_name, ''), a.backend_type), ''), a.state,
    'for ' || greatest(0, extract(epoch from clock_timestamp() - a.xact_start))::int8 || ' s') || ')' as holder
  from pg_stat_activity a
  where a.datname = current_database() and a.pid <> pg_backend_pid() and exists (
    select from pg_locks l join pg_class c on c.oid = l.relation and c.relkind in ('r', 'p', 'm', 'v')
    where l.pid = a.pid and l.granted and l.locktype = 'relation' and c.oid >= 16384)
  order by a.xact_start nulls last limit ${most}`;

/** Who holds tables of this database, the longest first: `4711 (psql, idle in transaction, for 240 s)`. */
export const lockHolders = async (database: Database): Promise<string[]> =>
  (await database.query<{ holder: string }>(query)).map(({ holder }) => holder);
