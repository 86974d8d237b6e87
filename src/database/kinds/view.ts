import { z } from "zod";
import { notOfExtension } from "../catalog/queries.ts";
import { quoteIdentifier, quoteName } from "../identifier.ts";
import { defineKind } from "./kind.ts";

const facts = z.strictObject({
  query: z.string(),
  columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
  /** `security_barrier=true`, sorted. */
  options: z.array(z.string()),
});

const create = ({
  name,
  facts: { query, columns, options },
}: {
  name: string;
  facts: z.infer<typeof facts>;
}) => {
  const list = columns.map((column) => quoteIdentifier(column.name)).join(", ");
  const settings = options.length === 0 ? "" : ` with (${options.join(", ")})`;
  return `view ${quoteName(name)} (${list})${settings} as\n${query.replace(/;$/, "")}`;
};

/** Views (PostgreSQL documentation, CREATE VIEW). */
export const view = defineKind({
  kind: "view",
  word: "view",
  catalog: "pg_class",
  holdsData: false,
  query: `
    select c.oid::text, n.nspname::text as schema, c.relname::text as name, null as table,
      json_build_object(
        'query', pg_get_viewdef(c.oid),
        'columns', (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod))
          order by a.attnum) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
        'options', coalesce((select json_agg(o order by o) from unnest(c.reloptions) o), '[]'::json)) as facts,
      null::text[] as grants
    from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = any ($1)
    where c.relkind = 'v' and position('.' in c.relname) = 0 and ${notOfExtension("pg_class", "c.oid")}
    order by c.oid`,
  facts,
  create: (object) => [`create ${create(object)}`],
  drop: ({ name }) => `drop view ${quoteName(name)}`,
  alter(from, to) {
    const appends = from.facts.columns.every(
      ({ name, type }, index) =>
        to.facts.columns[index]?.name === name && to.facts.columns[index]?.type === type,
    );
    return appends ? [`create or replace ${create(to)}`] : undefined;
  },
});
