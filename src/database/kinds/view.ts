import { z } from "zod";
import { notOfExtension } from "../catalog/queries.ts";
import { quoteIdentifier, quoteName } from "../identifier.ts";
import { defineKind } from "./kind.ts";
import { rightsOfView } from "./rights.ts";
import { viewColumn, viewColumns, viewHead } from "./view-columns.ts";

const facts = z.strictObject({
  query: z.string(),
  columns: z.array(viewColumn),
  /** `security_barrier=true`, sorted. */
  options: z.array(z.string()),
});
type View = { name: string; facts: z.infer<typeof facts> };

const create = ({ name, facts: { query, columns, options } }: View): string =>
  `view ${viewHead(name, columns, options)} as\n${query.replace(/;$/, "")}`;

/** Views (PostgreSQL documentation, CREATE VIEW). */
export const view = defineKind({
  kind: "view",
  word: "view",
  catalog: "pg_class",
  holdsData: false,
  query: `
    select c.oid::text, n.nspname::text as schema, c.relname::text as name, null as table,
      json_build_object('query', pg_get_viewdef(c.oid), 'columns', ${viewColumns},
        'options', coalesce((
          select json_agg(name || '=' || value order by name) from (
            select split_part(o, '=', 1) as name,
              case when lower(split_part(o, '=', 2)) in ('true', 'on', 'yes', '1') then 'true'
                when lower(split_part(o, '=', 2)) in ('false', 'off', 'no', '0') then 'false'
                else lower(split_part(o, '=', 2)) end as value
            from unnest(c.reloptions) o) options
          where value <> 'false'), '[]'::json)) as facts,
      ${rightsOfView("view")} as grants
    from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = any ($1)
    where c.relkind = 'v' and position('.' in c.relname) = 0 and ${notOfExtension("pg_class", "c.oid")}
    order by c.oid`,
  facts,
  create: (object) => [`create ${create(object)}`],
  drop: ({ name }) => `drop view ${quoteName(name)}`,
  alter(from, to) {
    const renamed = renamedColumns(from, to);
    if (renamed === undefined) return undefined;
    return [
      ...renamed.map(
        ([old, name]) =>
          `alter view ${quoteName(to.name)} rename column ${quoteIdentifier(old)} to ${quoteIdentifier(name)}`,
      ),
      `create or replace ${create(to)}`,
    ];
  },
});

/**
 * The columns that have another name at the same place, old and new. Undefined where a view cannot be replaced: a
 * column would go, or change its type, or take a name that another still has.
 */
function renamedColumns(from: View, to: View): (readonly [string, string])[] | undefined {
  const pairs = from.facts.columns.map((old, index) => [old, to.facts.columns[index]] as const);
  const old = new Set(from.facts.columns.map(({ name }) => name));
  const renamed: (readonly [string, string])[] = [];
  for (const [before, after] of pairs) {
    if (after === undefined || before.type !== after.type || before.collation !== after.collation)
      return undefined;
    if (before.name === after.name) continue;
    if (old.has(after.name)) return undefined;
    renamed.push([before.name, after.name]);
  }
  return renamed;
}
