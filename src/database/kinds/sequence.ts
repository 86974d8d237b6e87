import { z } from "zod";
import { modelName, notOfExtension } from "../catalog/queries.ts";
import { quoteName } from "../identifier.ts";
import { defineKind } from "./kind.ts";

const number = z.string().regex(/^-?\d+$/);

/** What is kept of a sequence. Where it stands is data. */
export const sequenceFacts = z.strictObject({
  type: z.string(),
  start: number,
  increment: number,
  min: number,
  max: number,
  cache: number,
  cycle: z.boolean(),
  /** The column that it goes with. */
  owner: z.strictObject({ table: z.string(), column: z.string() }).nullable(),
});
type Facts = z.infer<typeof sequenceFacts>;

/** How a sequence counts, as clauses of CREATE and ALTER SEQUENCE. */
const clauses = ({ type, start, increment, min, max, cache, cycle }: Facts): string[] => [
  `as ${type}`,
  `increment by ${increment}`,
  `minvalue ${min}`,
  `maxvalue ${max}`,
  `start with ${start}`,
  `cache ${cache}`,
  cycle ? "cycle" : "no cycle",
];

/** Sequences that no identity column has (PostgreSQL documentation, CREATE SEQUENCE). */
export const sequence = defineKind({
  kind: "sequence",
  word: "sequence",
  catalog: "pg_class",
  holdsData: true,
  query: `
    select c.oid::text, n.nspname::text as schema, c.relname::text as name, null as table,
      json_build_object('type', format_type(s.seqtypid, null), 'start', s.seqstart::text,
        'increment', s.seqincrement::text, 'min', s.seqmin::text, 'max', s.seqmax::text,
        'cache', s.seqcache::text, 'cycle', s.seqcycle,
        'owner', (
          select json_build_object('table', ${modelName("m.nspname", "r.relname")}, 'column', a.attname)
          from pg_depend d join pg_class r on r.oid = d.refobjid join pg_namespace m on m.oid = r.relnamespace
            join pg_attribute a on a.attrelid = r.oid and a.attnum = d.refobjsubid
          where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'a'
            and d.refclassid = 'pg_class'::regclass)) as facts,
      null::text[] as grants
    from pg_sequence s join pg_class c on c.oid = s.seqrelid
      join pg_namespace n on n.oid = c.relnamespace and n.nspname = any ($1)
    where position('.' in c.relname) = 0 and ${notOfExtension("pg_class", "c.oid")}
      and not exists (
        select from pg_depend i where i.classid = 'pg_class'::regclass and i.objid = c.oid and i.deptype = 'i')
    order by c.oid`,
  facts: sequenceFacts,
  create: ({ name, facts }) => [`create sequence ${quoteName(name)} ${clauses(facts).join(" ")}`],
  drop: ({ name }) => `drop sequence ${quoteName(name)}`,
  alter({ name, facts: from }, { facts: to }) {
    const before = new Set(clauses(from));
    const changed = from.type === to.type ? clauses(to).filter((clause) => !before.has(clause)) : clauses(to);
    return changed.length === 0 ? [] : [`alter sequence ${quoteName(name)} ${changed.join(" ")}`];
  },
  within: (object, { sequences = [] }) =>
    sequenceFacts.parse(object.facts).owner === null || sequences.includes(object.name) ? object : undefined,
});

export const isSameOwner = (a: Facts, b: Facts): boolean =>
  a.owner?.table === b.owner?.table && a.owner?.column === b.owner?.column;
