import type { Database } from "../database.ts";
import type { Key } from "../model/catalog-object.ts";
import { firstOfUsers } from "./queries.ts";

/** The keys of what a reader has found, by catalog, oid and, for columns, number. */
export type Identities = Map<string, Key>;

/** How {@link Identities} name something. */
export const identityOf = (catalog: string, oid: string, number = 0): string => `${catalog} ${oid} ${number}`;

/*
 * A view's dependencies are its query's, a default's its column's. The row type of a table is the table, an array is
 * of its element, and the attributes of a composite type are that type. A sequence does not rest on its column: it is
 * made before, and given to it after.
 */
const query = `
  select case when w.oid is not null or d.classid = 'pg_attrdef'::regclass then 'pg_class'
      when o.oid is not null then 'pg_type' else d.classid::regclass::text end as catalog,
    coalesce(w.ev_class, f.adrelid, o.reltype, d.objid)::text as oid,
    coalesce(f.adnum::int4, case when o.oid is null then d.objsubid else 0 end) as number,
    case when t.typrelid <> 0 and r.relkind <> 'c' then 'pg_class' when y.oid is not null then 'pg_type'
      else d.refclassid::regclass::text end as "onCatalog",
    case when t.typrelid <> 0 and r.relkind <> 'c' then t.typrelid
      else coalesce(e.oid, y.reltype, d.refobjid) end::text as "onOid",
    case when y.oid is null then d.refobjsubid else 0 end as "onNumber",
    d.classid::text as "ownCatalog", d.objid::text as "ownOid", d.objsubid as "ownNumber"
  from pg_depend d
    left join pg_rewrite w on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid and w.rulename = '_RETURN'
    left join pg_attrdef f on d.classid = 'pg_attrdef'::regclass and f.oid = d.objid
    left join pg_class o on d.classid = 'pg_class'::regclass and o.oid = d.objid and o.relkind = 'c'
    left join pg_class y on d.refclassid = 'pg_class'::regclass and y.oid = d.refobjid and y.relkind = 'c'
    left join pg_type e on d.refclassid = 'pg_type'::regclass and e.typarray = d.refobjid
    left join pg_type t on d.refclassid = 'pg_type'::regclass and t.oid = coalesce(e.oid, d.refobjid)
    left join pg_class r on r.oid = t.typrelid
    left join pg_class q on d.classid = 'pg_class'::regclass and q.oid = d.objid and q.relkind = 'S'
  where d.deptype in ('n', 'a') and d.objid >= ${firstOfUsers} and d.refobjid >= ${firstOfUsers}
    and not (q.oid is not null and d.deptype = 'a' and d.refclassid = 'pg_class'::regclass)`;

/**
 * What an extension brought is the extension, the sequence that a column owns is the column, an index of a
 * materialized view is that view, and a check of a domain is that domain.
 */
const partsQuery = `
  select d.classid::regclass::text as catalog, d.objid::text as oid, d.refclassid::regclass::text as "ofCatalog",
    d.refobjid::text as "ofOid", d.refobjsubid as "ofNumber"
  from pg_depend d
    left join pg_class s on d.classid = 'pg_class'::regclass and s.oid = d.objid and s.relkind = 'S'
  where d.deptype = 'e' and d.refclassid = 'pg_extension'::regclass
    or d.deptype in ('a', 'i') and s.oid is not null and d.refclassid = 'pg_class'::regclass
  union all
  select 'pg_class', i.indexrelid::text, 'pg_class', i.indrelid::text, 0
  from pg_index i join pg_class m on m.oid = i.indrelid and m.relkind = 'm'
  union all
  select 'pg_constraint', k.oid::text, 'pg_type', k.contypid::text, 0 from pg_constraint k where k.contypid <> 0`;

const describeQuery = `
  select pg_describe_object(c::oid, o::oid, n) as description
  from unnest($1::text[], $2::text[], $3::int4[]) with ordinality as u (c, o, n, place) order by place`;

/** Of these, removalBlocked finds by itself what rests on them. */
const ownRemoval = /^(?:table|column|constraint|index|partition):/;

/** They are of an operator family, which is listed itself. */
const partsOfFamilies: ReadonlySet<string> = new Set(["pg_amop", "pg_amproc"]);

type Unknown = { on: Key; catalog: string; oid: string; number: number };

/**
 * Reads what rests on what, of the things that have a key. What has none has that of its description, such as
 * `other:view reports.open`, and is read where it rests on something beside tables and enums.
 */
export async function readDependencies(
  database: Database,
  identities: Identities,
): Promise<ReadonlyMap<Key, ReadonlySet<Key>>> {
  const known: Identities = new Map(identities);
  for (const part of await database.query<{
    catalog: string;
    oid: string;
    ofCatalog: string;
    ofOid: string;
    ofNumber: number;
  }>(partsQuery)) {
    const identity = identityOf(part.catalog, part.oid);
    const whole = identities.get(identityOf(part.ofCatalog, part.ofOid, part.ofNumber));
    if (whole !== undefined && !known.has(identity)) known.set(identity, whole);
  }
  const rows = await database.query<{
    catalog: string;
    oid: string;
    number: number;
    onCatalog: string;
    onOid: string;
    onNumber: number;
    ownCatalog: string;
    ownOid: string;
    ownNumber: number;
  }>(query);
  const keyOf = (catalog: string, oid: string, number: number): Key | undefined =>
    known.get(identityOf(catalog, oid, number)) ?? known.get(identityOf(catalog, oid));
  const dependencies = new Map<Key, Set<Key>>();
  const add = (key: Key, on: Key): void => {
    const all = dependencies.get(key);
    if (all === undefined) dependencies.set(key, new Set([on]));
    else all.add(on);
  };
  const unknown: Unknown[] = [];
  for (const row of rows) {
    const key = keyOf(row.catalog, row.oid, row.number);
    const on = keyOf(row.onCatalog, row.onOid, row.onNumber);
    if (on === undefined || key === on) continue;
    if (key !== undefined) add(key, on);
    else if (!ownRemoval.test(on) && !partsOfFamilies.has(row.catalog))
      unknown.push({ on, catalog: row.ownCatalog, oid: row.ownOid, number: row.ownNumber });
  }
  for (const [on, description] of await described(database, unknown)) add(`other:${description}`, on);
  return dependencies;
}

async function described(
  database: Database,
  unknown: readonly Unknown[],
): Promise<(readonly [Key, string])[]> {
  if (unknown.length === 0) return [];
  const rows = await database.query<{ description: string | null }>(describeQuery, [
    unknown.map(({ catalog }) => catalog),
    unknown.map(({ oid }) => oid),
    unknown.map(({ number }) => number),
  ]);
  return unknown.flatMap(({ on }, index) => {
    const description = rows[index]?.description ?? undefined;
    return description === undefined ? [] : [[on, description] as const];
  });
}
