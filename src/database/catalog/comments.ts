import { defaultSchema } from "../../../schema/names.ts";
import type { Database } from "../database.ts";
import type { Key } from "../model/catalog-object.ts";
import { type Identities, identityOf } from "./dependencies.ts";
import { firstOfUsers } from "./queries.ts";

/** Comments by what stands after COMMENT ON, and what each is on. */
export type Comments = { comments: ReadonlyMap<string, string>; commented: ReadonlyMap<string, Key> };

/** SQL for an identifier in quotes, as `quoteIdentifier` writes it. */
const quoted = (name: string): string => `'"' || replace(${name}, '"', '""') || '"'`;
const quotedName = (schema: string, name: string): string =>
  `case ${schema} when '${defaultSchema}' then '' else ${quoted(schema)} || '.' end || ${quoted(name)}`;

const relation = quotedName("n.nspname", "c.relname");
const described = (catalog: string, oid: string): string =>
  `pg_description d on d.classoid = '${catalog}'::regclass and d.objoid = ${oid} and d.objoid >= ${firstOfUsers}`;
const inSchema = (alias: string, schema: string): string =>
  `join pg_namespace n on n.oid = ${alias}.${schema} and n.nspname = any ($1)`;

/**
 * Each kind with its words. `owner` is the relation that an index is on. Comments on the schema `public`, on extensions
 * and on procedural languages that the server brings along by itself are left out.
 */
const query = `
  select 'pg_class' as catalog, c.oid::text, d.objsubid as number, x.indrelid::text as owner, d.description as text,
    case when d.objsubid > 0 then 'column ' || ${relation} || '.' || ${quoted("a.attname")}
      else case c.relkind when 'v' then 'view ' when 'm' then 'materialized view ' when 'S' then 'sequence '
        when 'i' then 'index ' when 'I' then 'index ' else 'table ' end || ${relation} end as target
  from pg_class c ${inSchema("c", "relnamespace")} join ${described("pg_class", "c.oid")}
    left join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid
    left join pg_index x on x.indexrelid = c.oid
  where c.relkind in ('r', 'p', 'v', 'm', 'S', 'i', 'I')
  union all
  select 'pg_constraint', k.oid::text, 0, null, d.description, 'constraint ' || ${quoted("k.conname")} || ' on ' || ${relation}
  from pg_constraint k join pg_class c on c.oid = k.conrelid ${inSchema("c", "relnamespace")}
    join ${described("pg_constraint", "k.oid")}
  union all
  select 'pg_type', t.oid::text, 0, null, d.description,
    case t.typtype when 'd' then 'domain ' else 'type ' end || ${quotedName("n.nspname", "t.typname")}
  from pg_type t ${inSchema("t", "typnamespace")} join ${described("pg_type", "t.oid")}
  union all
  select 'pg_proc', p.oid::text, 0, null, d.description, case p.prokind when 'p' then 'procedure ' else 'function ' end
    || ${quotedName("n.nspname", "p.proname")} || '(' || oidvectortypes(p.proargtypes) || ')'
  from pg_proc p ${inSchema("p", "pronamespace")} join ${described("pg_proc", "p.oid")}
  union all
  select 'pg_trigger', g.oid::text, 0, null, d.description, 'trigger ' || ${quoted("g.tgname")} || ' on ' || ${relation}
  from pg_trigger g join pg_class c on c.oid = g.tgrelid ${inSchema("c", "relnamespace")}
    join ${described("pg_trigger", "g.oid")}
  union all
  select 'pg_policy', y.oid::text, 0, null, d.description, 'policy ' || ${quoted("y.polname")} || ' on ' || ${relation}
  from pg_policy y join pg_class c on c.oid = y.polrelid ${inSchema("c", "relnamespace")}
    join ${described("pg_policy", "y.oid")}
  union all
  select 'pg_namespace', n.oid::text, 0, null, d.description, 'schema ' || ${quoted("n.nspname")}
  from pg_namespace n join pg_description d on d.classoid = 'pg_namespace'::regclass and d.objoid = n.oid
  where n.nspname = any ($1) and (n.nspname, d.description) <> ('${defaultSchema}', 'standard public schema')
  union all
  select 'pg_extension', e.oid::text, 0, null, d.description, 'extension ' || ${quoted("e.extname")}
  from pg_extension e join ${described("pg_extension", "e.oid")}
  where e.extname <> 'plpgsql' and not exists (
    select from pg_available_extensions v where v.name = e.extname and v.comment = d.description)
  order by target`;

/** Reads the comments on what has been read, which `identities` names. */
export async function readComments(
  database: Database,
  schemas: readonly string[],
  identities: Identities,
): Promise<Comments> {
  const rows = await database.query<{
    catalog: string;
    oid: string;
    number: number;
    owner: string | null;
    text: string;
    target: string;
  }>(query, [schemas]);
  const kept = rows.flatMap(({ catalog, oid, number, owner, text, target }) => {
    const key = keyOfCommented(identities, catalog, oid, number, owner) ?? keyOfPublic(target);
    return key === undefined ? [] : [{ target, text, key }];
  });
  return {
    comments: new Map(kept.map(({ target, text }) => [target, text])),
    commented: new Map(kept.map(({ target, key }) => [target, key])),
  };
}

/**
 * The key of a column, else of the view that it is in; of an index, else of the materialized view that it is on.
 * Undefined for what has not been read, and for what no declaration can comment on.
 */
function keyOfCommented(
  identities: Identities,
  catalog: string,
  oid: string,
  number: number,
  owner: string | null,
): Key | undefined {
  const own = identities.get(identityOf(catalog, oid, number));
  if (owner !== null) {
    const view = identities.get(identityOf(catalog, owner));
    if (own === undefined) return isOf(view, "materializedView") ? view : undefined;
    return isOf(own, "index") ? own : undefined;
  }
  if (number === 0 || own !== undefined) return own;
  const whole = identities.get(identityOf(catalog, oid));
  return isOf(whole, "view", "materializedView") ? whole : undefined;
}

const isOf = (key: Key | undefined, ...kinds: readonly string[]): boolean =>
  kinds.some((kind) => key?.startsWith(`${kind}:`) ?? false);

/** The schema of names without one is nobody's to make. */
const keyOfPublic = (target: string): Key | undefined =>
  target === `schema "${defaultSchema}"` ? `schema:${defaultSchema}` : undefined;
