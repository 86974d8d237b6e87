import { isDatabaseError, type Queryable } from "../database/database.ts";

/**
 * What a value stands for, by the type of its parameter: JSON, bytes, or something whose text Postgres reads. A list is an
 * array there, joined by the delimiter; where its elements are JSON, bytes, or arrays of a domain, they are `of` that kind,
 * and else a list within is a dimension.
 */
export type ValueKind =
  | "json"
  | "bytes"
  | { readonly delimiter: string; readonly of?: ValueKind | undefined };

/** What all that is built in stands for but JSON, `bytea` and `box`. */
export const plain = { delimiter: "," } as const satisfies ValueKind;

const cast = /^\s*::\s*(\w+)\s*(\[)?/;

/** Names of built-in types as they stand in casts; of others only Postgres knows what their arrays hold. */
const builtIn: ReadonlySet<string> = new Set([
  ...["bool", "boolean", "int", "int2", "int4", "int8", "smallint", "integer", "bigint", "numeric"],
  ...["decimal", "real", "float4", "float8", "text", "varchar", "char", "name", "uuid", "inet", "cidr"],
  ...["date", "time", "timetz", "timestamp", "timestamptz", "interval"],
]);

/** The kind that a cast behind a value says, as in `${list}::jsonb`; undefined where only Postgres knows. */
export function castKind(behind: string): ValueKind | undefined {
  const [, type = "", list] = cast.exec(behind.toLowerCase()) ?? [];
  if (builtIn.has(type)) return plain;
  const kind = type === "json" || type === "jsonb" ? "json" : type === "bytea" ? "bytes" : undefined;
  return kind && list !== undefined ? { delimiter: ",", of: kind } : kind;
}

/** From the type of each parameter to that of its elements: the delimiter of an array, `json` or `bytes`. Domains are passed. */
const question = (name: string): string => `
  with recursive walk as (
    select one.type::oid as type, one.number, 0 as level
    from pg_prepared_statements s, unnest(s.parameter_types) with ordinality as one (type, number) where s.name = '${name}'
    union all
    select coalesce(e.oid, t.typbasetype), w.number, w.level + (e.oid is not null)::int
    from walk w join pg_type t on t.oid = w.type left join pg_type e on e.typarray = t.oid
    where t.typtype = 'd' or e.oid is not null)
  select array_agg(case when w.type in ('json'::regtype, 'jsonb'::regtype) then 'json' when w.type = 'bytea'::regtype then 'bytes'
      when e.oid is not null then t.typdelim::text end order by w.level) as chain
  from walk w join pg_type t on t.oid = w.type and t.typtype <> 'd' left join pg_type e on e.typarray = t.oid
  group by w.number order by w.number`;

function kindOf([first, ...rest]: readonly unknown[]): ValueKind | undefined {
  if (first === "json" || first === "bytes") return first;
  return typeof first === "string" ? { delimiter: first, of: kindOf(rest) } : undefined;
}

/** What can be prepared, and so asked about. */
const preparable =
  /^(?:\s|\(|--[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*(?:select|with|insert|update|delete|merge|values|table)\b/i;

let asked = 0;

/**
 * Asks Postgres for the kind of each parameter of a statement, which is not run.
 *
 * @param transaction all of it runs on one session.
 */
export async function valueKinds(transaction: Queryable, text: string): Promise<readonly ValueKind[]> {
  if (!preparable.test(text)) return [];
  asked += 1;
  const name = `stk_parameters_${asked}`; // of its own: one that was cut off is still there
  const ask = (sql: string) => transaction.query({ text: sql, readOnly: true, ofLogic: true }, []);
  const prefix = `prepare ${name} as `;
  await ask(`${prefix}${text}`).catch((error: unknown) => {
    throw withoutPrefix(error, prefix.length);
  });
  const { rows } = await ask(question(name));
  await ask(`deallocate ${name}`);
  return rows.map(({ chain }) => (Array.isArray(chain) ? kindOf(chain) : undefined) ?? plain);
}

/** What is wrong with the statement stands where it does in the module's text. */
function withoutPrefix(error: unknown, length: number): unknown {
  if (isDatabaseError(error) && error.position !== undefined)
    Reflect.set(error, "position", String(Number(error.position) - length));
  return error;
}
