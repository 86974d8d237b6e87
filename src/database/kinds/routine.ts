import { z } from "zod";
import { firstOfUsers, notOfExtension } from "../catalog/queries.ts";
import { defineKind } from "./kind.ts";
import { rightsOf } from "./rights.ts";

const argument = z.strictObject({
  name: z.string(),
  /** As pg_proc has it: i in, o out, b both, v variadic, t a column of the result. */
  mode: z.string(),
  type: z.string(),
});
const facts = z.strictObject({
  routine: z.enum(["function", "procedure"]),
  /** The whole of it, which begins with CREATE OR REPLACE. */
  definition: z.string(),
  /** `slugify(text,integer)`, quoted, and with its schema where it must. */
  signature: z.string(),
  arguments: z.array(argument),
  /** How many of the arguments have a default. */
  defaults: z.int(),
  /** `SETOF tasks`; of a procedure null. */
  returns: z.string().nullable(),
});
type Facts = z.infer<typeof facts>;

const types = "oidvectortypes(p.proargtypes)";

/** Functions and procedures (PostgreSQL documentation, CREATE FUNCTION), named with the types of what they take. */
export const routine = defineKind({
  kind: "routine",
  word: "function",
  catalog: "pg_proc",
  holdsData: false,
  query: `
    select p.oid::text, n.nspname::text as schema, format('%s(%s)', p.proname, ${types}) as name, null as table,
      json_build_object(
        'routine', case p.prokind when 'p' then 'procedure' else 'function' end,
        'definition', pg_get_functiondef(p.oid),
        'signature', p.oid::regprocedure::text,
        'arguments', coalesce((
          select json_agg(json_build_object('name', coalesce(p.proargnames[k], ''),
            'mode', coalesce(p.proargmodes[k], 'i'),
            'type', format_type(coalesce(p.proallargtypes[k], p.proargtypes[k - 1]), null)) order by k)
          from generate_series(1, coalesce(cardinality(p.proallargtypes), p.pronargs)) k), '[]'::json),
        'defaults', p.pronargdefaults,
        'returns', pg_get_function_result(p.oid)) as facts,
      ${rightsOf({
        word: "routine",
        grantedOn: "routine",
        of: "f",
        name: `format('%I.%I(%s)', n.nspname, p.proname, ${types})`,
        owner: "p.proowner",
        acl: "p.proacl",
        defaults: "true",
      })} as grants
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace and n.nspname = any ($1)
      and p.oid >= ${firstOfUsers}
    where p.prokind in ('f', 'p') and p.proname !~ '[.(]' and ${notOfExtension("pg_proc", "p.oid")}
      and not exists (
        select from pg_depend i where i.classid = 'pg_proc'::regclass and i.objid = p.oid and i.deptype = 'i')
    order by p.oid`,
  facts,
  create: ({ facts: { definition } }) => [definition.replace(/^CREATE OR REPLACE/, "CREATE")],
  drop: ({ facts: { routine: word, signature } }) => `drop ${word} ${signature}`,
  alter: (from, to) => (mayReplace(from.facts, to.facts) ? [to.facts.definition] : undefined),
});

/** What Postgres lets CREATE OR REPLACE change: all but the result, the names of the arguments, and lost defaults. */
const mayReplace = (from: Facts, to: Facts): boolean =>
  from.routine === to.routine &&
  from.returns === to.returns &&
  from.defaults <= to.defaults &&
  from.arguments.length === to.arguments.length &&
  from.arguments.every((old, index) => {
    const { name, mode, type } = to.arguments[index] ?? old;
    const isNamed = old.name === "" && mode !== "o" && mode !== "t" && mode !== "b";
    return old.mode === mode && old.type === type && (old.name === name || isNamed);
  });
