import { isTable, modelName, tableName, tables } from "./queries.ts";

const namesOf = (table: string, numbers: string): string => `coalesce((
    select json_agg(a.attname order by u.n) from unnest(${numbers}) with ordinality as u (number, n)
      join pg_attribute a on a.attrelid = ${table} and a.attnum = u.number), '[]'::json)`;

/** Whether a name is one that a declaration can give. */
const isIdentifier = (name: string): string => `${name} ~ '^[A-Za-z_][A-Za-z0-9_]*$'`;

/** Postgres 15 added NULLS NOT DISTINCT; the column is not there before. */
const nullsNotDistinct = (version: number): string =>
  version < 150_000 ? "null::bool" : "nullif(i.indnullsnotdistinct, false)";

/**
 * Postgres 18 keeps NOT NULL as a constraint of type n; here it is a property of the column. What no declaration can
 * say: a key without overlaps, what is not enforced (both Postgres 18), how a key's index is stored, and a foreign key
 * that leads out of what is managed. `version` is the server's: 170002.
 */
export const constraintsQuery = (version: number): string => `
  select k.oid::text, x.oid::text as "indexOid", k.contype = 'f' as "isForeign", ${tableName} as table, k.conname::text as name,
    case k.contype when 'p' then 'primaryKey' when 'u' then 'unique' when 'c' then 'check' when 'f' then 'foreignKey'
      else 'exclusion' end as kind,
    regexp_replace(pg_get_constraintdef(k.oid), case when k.convalidated then '^$' else ' NOT VALID$' end, '') as definition,
    ${namesOf("k.conrelid", "k.conkey")} as columns,
    k.convalidated and (k.contype not in ('p', 'u', 'x') or i.indisvalid) as validated,
    ${isIdentifier("k.conname")}${version < 180_000 ? "" : " and not k.conperiod and k.conenforced"}
      and (k.contype <> 'f' or m.nspname = any ($1))
      and (k.contype not in ('p', 'u', 'x') or x.reloptions is null) as expressible,
    case when k.contype = 'c' then pg_get_expr(k.conbin, k.conrelid) end as expression,
    case when k.contype = 'u' then ${nullsNotDistinct(version)} end as "nullsNotDistinct",
    case when k.contype = 'x' then (
      select json_agg(json_build_object('expression', pg_get_indexdef(k.conindid, u.n::int, true),
        'operator', format('operator(%I.%s)', y.nspname, o.oprname)) order by u.n)
      from unnest(k.conexclop) with ordinality as u (operator, n)
        join pg_operator o on o.oid = u.operator join pg_namespace y on y.oid = o.oprnamespace) end as excludes,
    case when k.contype = 'x' then pg_get_expr(i.indpred, i.indrelid) end as predicate,
    case when k.contype = 'f' then json_build_object(
      'table', ${modelName("m.nspname", "r.relname")},
      'columns', ${namesOf("k.confrelid", "k.confkey")}, 'index', x.relname, 'full', k.confmatchtype = 'f') end as references
  from ${tables}
    join pg_constraint k on k.conrelid = c.oid and k.contype in ('p', 'u', 'c', 'f', 'x') and k.conparentid = 0
    left join pg_index i on i.indexrelid = k.conindid
    left join pg_class x on x.oid = k.conindid
    left join pg_class r on r.oid = k.confrelid
    left join pg_namespace m on m.oid = r.relnamespace
  where ${isTable}
  order by c.oid, k.oid`;

/** Of a partitioned table's index the definition says ONLY, which would make it without those of the partitions. */
const indexDefinition = "regexp_replace(pg_get_indexdef(i.indexrelid), '^(CREATE .*? ON) ONLY ', '\\1 ')";

/** Reads the indexes of tables that are no constraint's. `version` is the server's: 170002. */
export const indexesQuery = (version: number): string => `
  select x.oid::text, ${tableName} as table, x.relname::text as name, d.definition,
    substr(d.definition,
      length('CREATE ' || case when i.indisunique then 'UNIQUE ' else '' end || 'INDEX ' || quote_ident(x.relname)) + 2)
      as shape,
    i.indisunique as unique, i.indisvalid and i.indisready as valid, ${isIdentifier("x.relname")} as expressible,
    (select json_agg(pg_get_indexdef(i.indexrelid, k, true) order by k) from generate_series(1, i.indnkeyatts) k) as keys,
    pg_get_expr(i.indpred, i.indrelid) as predicate, ${nullsNotDistinct(version)} as "nullsNotDistinct",
    (select json_object_agg(split_part(o, '=', 1), substr(o, position('=' in o) + 1) order by o)
      from unnest(x.reloptions) o) as storage
  from ${tables}
    join pg_index i on i.indrelid = c.oid
    join pg_class x on x.oid = i.indexrelid
    -- Asked for once: the offset keeps the planner from writing it into each place.
    cross join lateral (select ${indexDefinition} as definition offset 0) d
  -- pg_constraint has no index by conindid: a join would look through all constraints for each index.
  where ${isTable} and i.indexrelid not in (
    select k.conindid from pg_constraint k where k.contype in ('p', 'u', 'x'))
  order by c.oid, x.oid`;
