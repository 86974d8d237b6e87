import { embeddableExtensions } from "../contrib.ts";
import type { Database } from "../database.ts";
import { identityOf } from "./dependencies.ts";
import { isTable, tableName, tables } from "./queries.ts";

/** Columns of types that no declaration can name, and what rests on them: no plan sees or touches either. */
export type HiddenColumns = {
  columns: { table: string; name: string; type: string }[];
  /** Such as `index`, `places_geom_idx`. */
  dependents: { table: string; kind: string; name: string }[];
  /** Whether the catalog's row is one of them; columns have a number. */
  has(catalog: string, oid: string, number?: number): boolean;
};

/** An array is of its element. What an extension brought is there where the extension is; base types and ranges are not. */
const hidden = `
  select c.oid, a.attnum, ${tableName} as table, a.attname::text as name,
    format_type(a.atttypid, a.atttypmod) as type
  from ${tables} join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
    join pg_type b on b.oid = case when t.typcategory = 'A' and t.typelem <> 0 then t.typelem else t.oid end
    left join pg_depend d on d.classid = 'pg_type'::regclass and d.objid = b.oid and d.deptype = 'e'
    left join pg_extension x on x.oid = d.refobjid
  where ${isTable} and b.oid >= 16384
    and case when x.oid is null then b.typtype in ('b', 'r', 'm') else x.extname <> all ($2::text[]) end`;

/** What rests on a view is the view's own affair. */
const query = `
  with hidden as (${hidden})
  select 'pg_class' as catalog, oid::text, attnum as number, "table", name, type, null as description from hidden
  union all
  select distinct catalog, oid::text, 0, "table", null, null, pg_describe_object(catalog::regclass, oid, 0)
  from (
    select h.table, case when w.oid is null then d.classid::regclass::text else 'pg_class' end as catalog,
      coalesce(v.oid, d.objid) as oid
    from hidden h
      join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = h.oid and d.refobjsubid = h.attnum
      left join pg_rewrite w on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid
      left join pg_class v on v.oid = w.ev_class and v.relkind in ('v', 'm')
    where d.classid <> 'pg_attrdef'::regclass and (w.oid is null or v.oid is not null)
  ) dependents
  order by catalog, "table", number, description`;

/** Reads the {@link HiddenColumns} of the schemas' tables, in the transaction that is open. */
export async function readHiddenColumns(
  database: Database,
  schemas: readonly string[],
): Promise<HiddenColumns> {
  const rows = await database.query<
    { catalog: string; oid: string; number: number; table: string } & (
      | { name: string; type: string; description: null }
      | { description: string }
    )
  >(query, [schemas, embeddableExtensions]);
  const identities = new Set(rows.map(({ catalog, oid, number }) => identityOf(catalog, oid, number)));
  return {
    columns: rows.flatMap((row) =>
      row.description === null ? [{ table: row.table, name: row.name, type: row.type }] : [],
    ),
    dependents: rows.flatMap(({ table, description }) => {
      const [kind, name] = description?.split(/ (.*)/s) ?? [];
      return kind === undefined || name === undefined ? [] : [{ table, kind, name }];
    }),
    has: (catalog, oid, number = 0) => identities.has(identityOf(catalog, oid, number)),
  };
}
