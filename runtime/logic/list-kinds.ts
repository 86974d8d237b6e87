import type { Queryable } from "../database/database.ts";

/**
 * What a list stands for, by the type of its parameter: one JSON value, or an array of Postgres. Where the elements of an
 * array are JSON, or arrays of a domain, a list within is one of them, and is `of` that kind; else it is a dimension.
 */
export type ListKind = "json" | { readonly delimiter: string; readonly of?: ListKind | undefined };

/** Arrays of all that is built in but `box`. */
export const plainList: ListKind = { delimiter: "," };

const cast = /^\s*::\s*(\w+)\s*(\[)?/;

/** Names of built-in types as they stand in casts; of others only Postgres knows what their arrays hold. */
const builtIn: ReadonlySet<string> = new Set([
  ...[
    "bool",
    "boolean",
    "int",
    "int2",
    "int4",
    "int8",
    "smallint",
    "integer",
    "bigint",
    "numeric",
    "decimal",
  ],
  ...["real", "float4", "float8", "text", "varchar", "char", "name", "uuid", "bytea", "inet", "cidr"],
  ...["date", "time", "timetz", "timestamp", "timestamptz", "interval"],
]);

/** The kind that a cast behind a value says, as in `${list}::jsonb`; undefined where only Postgres knows. */
export function castKind(behind: string): ListKind | undefined {
  const [, type = "", list] = cast.exec(behind.toLowerCase()) ?? [];
  if (type === "json" || type === "jsonb")
    return list === undefined ? "json" : { delimiter: ",", of: "json" };
  return list !== undefined && builtIn.has(type) ? plainList : undefined;
}

/** From the type of each parameter to that of its elements: the delimiter of an array, or `json`. Domains are passed. */
const question = (name: string): string => `
  with recursive walk as (
    select one.type::oid as type, one.number, 0 as level
    from pg_prepared_statements s, unnest(s.parameter_types) with ordinality as one (type, number) where s.name = '${name}'
    union all
    select coalesce(e.oid, t.typbasetype), w.number, w.level + (e.oid is not null)::int
    from walk w join pg_type t on t.oid = w.type left join pg_type e on e.typarray = t.oid
    where t.typtype = 'd' or e.oid is not null)
  select array_agg(case when w.type in ('json'::regtype, 'jsonb'::regtype) then 'json'
      when e.oid is not null then t.typdelim::text end order by w.level) as chain
  from walk w join pg_type t on t.oid = w.type and t.typtype <> 'd' left join pg_type e on e.typarray = t.oid
  group by w.number order by w.number`;

function kindOf([first, ...rest]: readonly unknown[]): ListKind | undefined {
  if (first === "json") return "json";
  return typeof first === "string" ? { delimiter: first, of: kindOf(rest) } : undefined;
}

let asked = 0;

/**
 * Asks Postgres for the kind of a list at each parameter of a statement, which is not run. `call` cannot be asked about.
 *
 * @param transaction all of it runs on one session.
 */
export async function listKinds(transaction: Queryable, text: string): Promise<readonly ListKind[]> {
  if (/^\s*call\b/i.test(text)) return [];
  asked += 1;
  const name = `stk_parameters_${asked}`; // of its own: one that was cut off is still there
  const ask = (sql: string) => transaction.query({ text: sql, readOnly: true }, []);
  await ask(`prepare ${name} as ${text}`);
  const { rows } = await ask(question(name));
  await ask(`deallocate ${name}`);
  return rows.map(({ chain }) => (Array.isArray(chain) ? kindOf(chain) : undefined) ?? plainList);
}
