import type { Database } from "../database.ts";
import type { Key } from "../model/catalog-object.ts";

/** The keys of what a reader has found, by catalog, oid and, for columns, number. */
export type Identities = Map<string, Key>;

/** How {@link Identities} name something. */
export const identityOf = (catalog: string, oid: string, number = 0): string => `${catalog} ${oid} ${number}`;

/** Object identifiers below are of the objects that every database has (PostgreSQL's transam.h). */
const firstOfUsers = 16_384;

/*
 * A view's dependencies are its rule's, a default's its column's. The row type of a table is the table, an array is
 * of its element.
 */
const query = `
  select case d.classid when 'pg_rewrite'::regclass then 'pg_class' when 'pg_attrdef'::regclass then 'pg_class'
      else d.classid::regclass::text end as catalog,
    coalesce(w.ev_class, f.adrelid, d.objid)::text as oid, coalesce(f.adnum::int4, d.objsubid) as number,
    case when t.typrelid <> 0 and r.relkind <> 'c' then 'pg_class' else d.refclassid::regclass::text end
      as "onCatalog",
    case when t.typrelid <> 0 and r.relkind <> 'c' then t.typrelid else coalesce(e.oid, d.refobjid) end::text as "onOid",
    d.refobjsubid as "onNumber"
  from pg_depend d
    left join pg_rewrite w on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid
    left join pg_attrdef f on d.classid = 'pg_attrdef'::regclass and f.oid = d.objid
    left join pg_type e on d.refclassid = 'pg_type'::regclass and e.typarray = d.refobjid
    left join pg_type t on d.refclassid = 'pg_type'::regclass and t.oid = coalesce(e.oid, d.refobjid)
    left join pg_class r on r.oid = t.typrelid
  where d.deptype in ('n', 'a') and d.objid >= ${firstOfUsers} and d.refobjid >= ${firstOfUsers}`;

/** Reads what rests on what, of the things that have a key. */
export async function readDependencies(
  database: Database,
  identities: Identities,
): Promise<ReadonlyMap<Key, ReadonlySet<Key>>> {
  const rows = await database.query<{
    catalog: string;
    oid: string;
    number: number;
    onCatalog: string;
    onOid: string;
    onNumber: number;
  }>(query);
  const keyOf = (catalog: string, oid: string, number: number): Key | undefined =>
    identities.get(identityOf(catalog, oid, number)) ?? identities.get(identityOf(catalog, oid));
  const dependencies = new Map<Key, Set<Key>>();
  for (const { catalog, oid, number, onCatalog, onOid, onNumber } of rows) {
    const key = keyOf(catalog, oid, number);
    const on = keyOf(onCatalog, onOid, onNumber);
    if (key === undefined || on === undefined || key === on) continue;
    const known = dependencies.get(key);
    if (known === undefined) dependencies.set(key, new Set([on]));
    else known.add(on);
  }
  return dependencies;
}
