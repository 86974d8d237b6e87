import { z } from "zod";
import { notOfExtension } from "../catalog/queries.ts";
import { quoteIdentifier, quoteName } from "../identifier.ts";
import { defineKind } from "./kind.ts";

/** What is compared of a policy; expressions in Postgres' spelling. */
export const policyFacts = z.strictObject({
  permissive: z.boolean(),
  command: z.enum(["all", "select", "insert", "update", "delete"]),
  /** Sorted; `public` is everybody. */
  roles: z.array(z.string()),
  using: z.string().nullable(),
  check: z.string().nullable(),
});
export type PolicyFacts = z.infer<typeof policyFacts>;

/** Policies of tables (PostgreSQL documentation, CREATE POLICY). Those of a partition by itself no declaration has. */
export const policy = defineKind({
  kind: "policy",
  word: "policy",
  catalog: "pg_policy",
  holdsData: false,
  query: `
    select y.oid::text, n.nspname::text as schema, y.polname::text as name, c.relname::text as table,
      json_build_object(
        'permissive', y.polpermissive,
        'command', case y.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
          when 'd' then 'delete' else 'all' end,
        'roles', (select json_agg(name order by name collate "C") from (
          select case when r = 0 then 'public' else pg_get_userbyid(r)::text end as name
          from unnest(y.polroles) r) roles),
        'using', pg_get_expr(y.polqual, y.polrelid),
        'check', pg_get_expr(y.polwithcheck, y.polrelid)) as facts,
      null::text[] as grants
    from pg_policy y join pg_class c on c.oid = y.polrelid
      join pg_namespace n on n.oid = c.relnamespace and n.nspname = any ($1)
    where not c.relispartition and position('.' in c.relname) = 0 and ${notOfExtension("pg_class", "c.oid")}
    order by y.oid`,
  facts: policyFacts,
  create: ({ name, table, facts }) => [
    `create policy ${on(name, table)} as ${facts.permissive ? "permissive" : "restrictive"} for ${facts.command} ${clauses(facts)}`,
  ],
  drop: ({ name, table }) => `drop policy ${on(name, table)}`,
  /** Neither the command nor the way of combining can be altered, nor can a condition be taken away. */
  alter({ facts: from }, { name, table, facts: to }) {
    const isFixed = from.permissive !== to.permissive || from.command !== to.command;
    const loses = [
      [from.using, to.using],
      [from.check, to.check],
    ].some(([old, now]) => old !== null && now === null);
    return isFixed || loses ? undefined : [`alter policy ${on(name, table)} ${clauses(to)}`];
  },
});

const on = (name: string, table = ""): string => `${quoteIdentifier(name)} on ${quoteName(table)}`;

const clauses = ({ roles, using, check }: PolicyFacts): string =>
  [
    `to ${roles.map((role) => (role === "public" ? role : quoteIdentifier(role))).join(", ")}`,
    ...(using === null ? [] : [`using (${using})`]),
    ...(check === null ? [] : [`with check (${check})`]),
  ].join(" ");
