import { z } from "zod";
import { notOfExtension } from "../catalog/queries.ts";
import { quoteBeside, quoteIdentifier, quoteName } from "../identifier.ts";
import { defineKind } from "./kind.ts";
import { rightsOfView } from "./rights.ts";
import { viewColumn, viewColumns, viewHead } from "./view-columns.ts";

const index = z.strictObject({
  name: z.string(),
  unique: z.boolean(),
  /** What stands after the index's name. */
  shape: z.string(),
  valid: z.boolean(),
});
/** What is kept of a materialized view. */
export const materializedViewFacts = z.strictObject({
  query: z.string(),
  columns: z.array(viewColumn),
  /** `fillfactor=70`, sorted. */
  options: z.array(z.string()),
  /** By name. */
  indexes: z.array(index),
});
type Index = z.infer<typeof index>;
type MaterializedView = { name: string; facts: z.infer<typeof materializedViewFacts> };

const createIndex = ({ name, unique, shape }: Index): string =>
  `create ${unique ? "unique " : ""}index ${quoteIdentifier(name)} ${shape}`;

/** Materialized views with their indexes (PostgreSQL documentation, CREATE MATERIALIZED VIEW). */
export const materializedView = defineKind({
  kind: "materializedView",
  word: "materialized view",
  catalog: "pg_class",
  holdsData: false,
  query: `
    select c.oid::text, n.nspname::text as schema, c.relname::text as name, null as table,
      json_build_object('query', pg_get_viewdef(c.oid), 'columns', ${viewColumns},
        'options', coalesce((select json_agg(o order by o) from (
          select unnest(c.reloptions) union all select 'toast.' || unnest(h.reloptions)) options (o)), '[]'::json),
        'indexes', coalesce((
          select json_agg(json_build_object('name', x.relname, 'unique', i.indisunique,
            'shape', substr(pg_get_indexdef(x.oid), length('CREATE '
              || case when i.indisunique then 'UNIQUE ' else '' end || 'INDEX ' || quote_ident(x.relname)) + 2),
            'valid', i.indisvalid and i.indisready) order by x.relname)
          from pg_index i join pg_class x on x.oid = i.indexrelid where i.indrelid = c.oid), '[]'::json)) as facts,
      ${rightsOfView("materialized view")} as grants
    from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = any ($1)
      left join pg_class h on h.oid = c.reltoastrelid
    where c.relkind = 'm' and position('.' in c.relname) = 0 and ${notOfExtension("pg_class", "c.oid")}
    order by c.oid`,
  facts: materializedViewFacts,
  create: ({ name, facts: { query, columns, options, indexes } }) => [
    `create materialized view ${viewHead(name, columns, options)} as\n${query.replace(/;$/, "")}\nwith data`,
    ...indexes.map(createIndex),
  ],
  drop: ({ name }) => `drop materialized view ${quoteName(name)}`,
  alter(from, to) {
    const isSameData =
      from.facts.query === to.facts.query &&
      JSON.stringify(from.facts.columns) === JSON.stringify(to.facts.columns);
    return isSameData ? [...optionChanges(from, to), ...indexChanges(from, to)] : undefined;
  },
});

function optionChanges(
  { facts: { options } }: MaterializedView,
  { name, facts }: MaterializedView,
): string[] {
  const nameOf = (option: string): string => option.slice(0, option.indexOf("="));
  const set = facts.options.filter((option) => !options.includes(option));
  const kept = new Set(facts.options.map(nameOf));
  const reset = options.map(nameOf).filter((option) => !kept.has(option));
  const alter = `alter materialized view ${quoteName(name)}`;
  return [
    ...(reset.length === 0 ? [] : [`${alter} reset (${reset.join(", ")})`]),
    ...(set.length === 0 ? [] : [`${alter} set (${set.join(", ")})`]),
  ];
}

/** Which indexes go, and which come. */
export function compareIndexes(
  from: readonly Index[],
  to: readonly Index[],
): { gone: Index[]; added: Index[] } {
  const isIn = (list: readonly Index[], one: Index): boolean =>
    list.some((other) => JSON.stringify(other) === JSON.stringify(one));
  return { gone: from.filter((one) => !isIn(to, one)), added: to.filter((one) => !isIn(from, one)) };
}

/** The new ones are there before the old ones go, but for those whose name is wanted. */
function indexChanges({ facts: from }: MaterializedView, { name, facts: to }: MaterializedView): string[] {
  const { gone, added } = compareIndexes(from.indexes, to.indexes);
  const drop = (one: Index): string => `drop index ${quoteBeside(name, one.name)}`;
  const isReplaced = (one: Index): boolean => added.some((other) => other.name === one.name);
  return [
    ...gone.filter(isReplaced).map(drop),
    ...added.map(createIndex),
    ...gone.filter((one) => !isReplaced(one)).map(drop),
  ];
}
