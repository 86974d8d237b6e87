import { z } from "zod";
import { notOfExtension } from "../catalog/queries.ts";
import { quoteIdentifier, quoteName } from "../identifier.ts";
import { defineKind } from "./kind.ts";

const states = {
  origin: "enable",
  always: "enable always",
  replica: "enable replica",
  disabled: "disable",
} as const;
const facts = z.strictObject({
  definition: z.string(),
  enabled: z.enum(["origin", "always", "replica", "disabled"]),
});
type Trigger = { name: string; table: string | undefined; facts: z.infer<typeof facts> };

const enable = ({ name, table = "", facts: { enabled } }: Trigger): string =>
  `alter table ${quoteName(table)} ${states[enabled]} trigger ${quoteIdentifier(name)}`;

/** Triggers that somebody made (PostgreSQL documentation, CREATE TRIGGER), but those that a partition inherits. */
export const trigger = defineKind({
  kind: "trigger",
  word: "trigger",
  catalog: "pg_trigger",
  holdsData: false,
  query: `
    select g.oid::text, n.nspname::text as schema, g.tgname::text as name, c.relname::text as table,
      json_build_object('definition', pg_get_triggerdef(g.oid), 'enabled',
        case g.tgenabled when 'O' then 'origin' when 'A' then 'always' when 'R' then 'replica' else 'disabled' end)
        as facts,
      null::text[] as grants
    from pg_trigger g join pg_class c on c.oid = g.tgrelid
      join pg_namespace n on n.oid = c.relnamespace and n.nspname = any ($1)
    where not g.tgisinternal and g.tgparentid = 0 and c.relkind in ('r', 'p', 'v') and not c.relispartition
      and position('.' in c.relname) = 0 and ${notOfExtension("pg_trigger", "g.oid")}
      and ${notOfExtension("pg_class", "c.oid")}
    order by g.oid`,
  facts,
  create: (object) => [
    object.facts.definition,
    ...(object.facts.enabled === "origin" ? [] : [enable(object)]),
  ],
  drop: ({ name, table = "" }) => `drop trigger ${quoteIdentifier(name)} on ${quoteName(table)}`,
  alter: (from, to) => (from.facts.definition === to.facts.definition ? [enable(to)] : undefined),
});
