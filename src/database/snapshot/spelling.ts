import { modelName, notOfExtension } from "../catalog/queries.ts";

/*
 * Pieces of SQL for names as declarations spell them: without quotes, with their schema outside of `public`, and
 * without one for what Postgres brings.
 */

/** A name that may be in `pg_catalog`. */
const catalogName = (schema: string, name: string): string =>
  `case when ${schema} = 'pg_catalog' then ${name}::text else ${modelName(schema, name)} end`;

/** A type: Postgres' own and an extension's as it spells them, one that is declared by its name. */
export const typeName = (type: string, modifier: string): string => `(
    select case when w.nspname = 'pg_catalog' or not (${notOfExtension("pg_type", "coalesce(el.oid, y.oid)")})
        then format_type(${type}, ${modifier})
      else ${modelName("w.nspname", "coalesce(el.typname, y.typname)")} || case when el.oid is null then '' else '[]' end end
    from pg_type y left join pg_type el on el.typarray = y.oid join pg_namespace w on w.oid = y.typnamespace
    where y.oid = ${type})`;

/** A collation; null where it is `usual`. */
export const collationName = (collation: string, usual: string): string => `(
    select ${catalogName("w.nspname", "l.collname")}
    from pg_collation l join pg_namespace w on w.oid = l.collnamespace
    where l.oid = ${collation} and ${collation} <> ${usual})`;

/** The names of a relation's columns, by their numbers, as JSON. */
export const columnNames = (table: string, numbers: string): string => `(
    select json_agg(a.attname order by u.n) from unnest(${numbers}) with ordinality as u (number, n)
      join pg_attribute a on a.attrelid = ${table} and a.attnum = u.number)`;

/** `reloptions` as JSON. */
export const storageOf = (...options: string[]): string =>
  `(select json_object_agg(split_part(o, '=', 1), substr(o, position('=' in o) + 1) order by o)
    from (${options.map((option) => `select ${option}`).join(" union all ")}) given (o))`;

/**
 * The parts of an index as JSON. The operator class is named where it is not that of the type, the collation where
 * it is not the column's.
 */
export const indexParts = (operators: string): string => `(
    select json_agg(json_build_object(
      'column', a.attname,
      'expression', case when i.indkey[k - 1] = 0 then pg_get_indexdef(i.indexrelid, k, false) end,
      'opclass', case when not o.opcdefault or exists (
          select from pg_opclass p where p.opcmethod = o.opcmethod and p.opcdefault and p.oid <> o.oid
            and p.opcintype = g.atttypid)
        then ${catalogName("ow.nspname", "o.opcname")} end,
      'collation', case when i.indkey[k - 1] = 0 and position(
          pg_get_indexdef(i.indexrelid, k, false) || ' COLLATE ' in pg_get_indexdef(i.indexrelid)) = 0 then null
        else ${collationName("i.indcollation[k - 1]", "coalesce(a.attcollation, 0)")} end,
      'descending', i.indoption[k - 1] & 1 = 1, 'nullsFirst', i.indoption[k - 1] & 2 = 2,
      'operator', ${operators}) order by k)
    from generate_series(1, i.indnkeyatts) k
      join pg_attribute g on g.attrelid = i.indexrelid and g.attnum = k
      left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[k - 1] and i.indkey[k - 1] <> 0
      join pg_opclass o on o.oid = i.indclass[k - 1] join pg_namespace ow on ow.oid = o.opcnamespace)`;

/** An index as an object of JSON, of the aliases `i` (pg_index), `x` (its pg_class) and `m` (pg_am). */
export const indexBody = (operators = "null"): string => `
    'parts', ${indexParts(operators)},
    'include', (select json_agg(a.attname order by k) from generate_series(i.indnkeyatts, i.indnatts - 1) k
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[k]),
    'unique', i.indisunique, 'nullsNotDistinct', coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false),
    'method', m.amname, 'where', pg_get_expr(i.indpred, i.indrelid), 'storage', ${storageOf("unnest(x.reloptions)")},
    'oddity', case
      when not i.indisvalid and x.relkind = 'i' then 'it is invalid'
      when exists (select from pg_attribute g where g.attrelid = x.oid and g.attoptions is not null)
        then 'an operator class has parameters' end,
    'hasStatistics', exists (select from pg_attribute g where g.attrelid = x.oid
      and coalesce((to_jsonb(g) ->> 'attstattarget')::int, -1) >= 0)`;
