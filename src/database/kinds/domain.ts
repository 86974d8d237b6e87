import { z } from "zod";
import { notOfExtension } from "../catalog/queries.ts";
import { quoteIdentifier, quoteName } from "../identifier.ts";
import { defineKind } from "./kind.ts";

const check = z.strictObject({ name: z.string(), definition: z.string(), validated: z.boolean() });

/** What is kept of a domain; `definition` is what stands after a check's name. */
export const domainFacts = z.strictObject({
  type: z.string(),
  /** Where it is not the type's own. */
  collation: z.string().nullable(),
  nullable: z.boolean(),
  default: z.string().nullable(),
  checks: z.array(check),
});
type Facts = z.infer<typeof domainFacts>;

/** Domains (PostgreSQL documentation, CREATE DOMAIN). */
export const domain = defineKind({
  kind: "domain",
  word: "domain",
  catalog: "pg_type",
  holdsData: false,
  query: `
    select t.oid::text, n.nspname::text as schema, t.typname::text as name, null as table,
      json_build_object(
        'type', format_type(t.typbasetype, t.typtypmod),
        'collation', case when t.typcollation <> b.typcollation then t.typcollation::regcollation::text end,
        'nullable', not t.typnotnull,
        'default', pg_get_expr(t.typdefaultbin, 0),
        'checks', coalesce((
          select json_agg(json_build_object('name', k.conname, 'validated', k.convalidated,
            'definition', regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '')) order by k.conname)
          from pg_constraint k where k.contypid = t.oid and k.contype = 'c'), '[]'::json)) as facts,
      null::text[] as grants
    from pg_type t join pg_namespace n on n.oid = t.typnamespace and n.nspname = any ($1)
      join pg_type b on b.oid = t.typbasetype
    where t.typtype = 'd' and position('.' in t.typname) = 0 and ${notOfExtension("pg_type", "t.oid")}
    order by t.oid`,
  facts: domainFacts,
  create: ({ name, facts }) => [
    [
      `create domain ${quoteName(name)} as ${facts.type}`,
      ...(facts.collation === null ? [] : [`collate ${facts.collation}`]),
      ...(facts.default === null ? [] : [`default ${facts.default}`]),
      ...(facts.nullable ? [] : ["not null"]),
      ...facts.checks.map((one) => `constraint ${quoteIdentifier(one.name)} ${one.definition}`),
    ].join(" "),
  ],
  drop: ({ name }) => `drop domain ${quoteName(name)}`,
  alter({ name, facts: from }, { facts: to }, isStored) {
    if (from.type === to.type && from.collation === to.collation) return alterations(name, from, to);
    if (!isStored) return undefined;
    return {
      code: "domain_type",
      message: `The domain ${name} is over ${typeOf(from)} in the database and over ${typeOf(to)} in the declaration, and tables hold values of it. Postgres cannot change that.`,
      wayOut: `Declare a domain of another name over ${typeOf(to)}, make that the columns' type, and then declare this one as removed: removed: { domains: [${name}] }`,
    };
  },
});

const typeOf = ({ type, collation }: Facts): string =>
  collation === null ? type : `${type} collate ${collation}`;

function alterations(name: string, from: Facts, to: Facts): string[] {
  const alter = `alter domain ${quoteName(name)}`;
  const { kept, renamed, added, dropped } = compareChecks(from.checks, to.checks);
  const unset = to.default === null ? "drop default" : `set default ${to.default}`;
  return [
    ...dropped.map((one) => `${alter} drop constraint ${quoteIdentifier(one.name)}`),
    ...renamed.map(
      ([old, now]) =>
        `${alter} rename constraint ${quoteIdentifier(old.name)} to ${quoteIdentifier(now.name)}`,
    ),
    ...(from.default === to.default ? [] : [`${alter} ${unset}`]),
    ...(from.nullable === to.nullable ? [] : [`${alter} ${to.nullable ? "drop" : "set"} not null`]),
    ...added.map((one) => `${alter} add constraint ${quoteIdentifier(one.name)} ${one.definition}`),
    ...[...kept, ...renamed.map(([old, now]) => ({ ...old, name: now.name }))]
      .filter(({ validated }) => !validated)
      .map((one) => `${alter} validate constraint ${quoteIdentifier(one.name)}`),
  ];
}

type Check = z.infer<typeof check>;

/** The same check under another name is renamed. */
export function compareChecks(
  from: readonly Check[],
  to: readonly Check[],
): { kept: Check[]; renamed: [Check, Check][]; added: Check[]; dropped: Check[] } {
  const isKept = (one: Check, others: readonly Check[]): boolean =>
    others.some(({ name, definition }) => name === one.name && definition === one.definition);
  const kept = from.filter((one) => isKept(one, to));
  const dropped = from.filter((one) => !isKept(one, to));
  const renamed: [Check, Check][] = [];
  const added: Check[] = [];
  for (const one of to.filter((wanted) => !isKept(wanted, from))) {
    const isTaken = from.some(({ name }) => name === one.name);
    const index = isTaken ? -1 : dropped.findIndex(({ definition }) => definition === one.definition);
    const [old] = index < 0 ? [] : dropped.splice(index, 1);
    if (old === undefined) added.push(one);
    else renamed.push([old, one]);
  }
  return { kept, renamed, added, dropped };
}
