import type { Queryable } from "../database/database.ts";

/** What a list stands for, by the type of its parameter: an array of Postgres, one JSON value, or an array of those. */
export type ListKind = "array" | "json" | "jsons";

const cast = /^\s*::\s*(\w+)\s*(\[)?/;

/** The kind that a cast behind a value says, as in `${list}::jsonb`; undefined where only Postgres knows. */
export function castKind(behind: string): ListKind | undefined {
  const [, type = "", list] = cast.exec(behind.toLowerCase()) ?? [];
  if (type === "json" || type === "jsonb") return list === undefined ? "json" : "jsons";
  return list === undefined ? undefined : "array";
}

// A domain is read as what it is over.
const question = (name: string): string => `
  with recursive parameter as (
    select one.type::oid as type, one.number
    from pg_prepared_statements s, unnest(s.parameter_types) with ordinality as one (type, number) where s.name = '${name}'
    union all
    select t.typbasetype, number from parameter p join pg_type t on t.oid = p.type and t.typtype = 'd')
  select case when bool_or(type in ('json'::regtype, 'jsonb'::regtype)) then 'json'
      when bool_or(type in ('json[]'::regtype, 'jsonb[]'::regtype)) then 'jsons' else 'array' end as kind
  from parameter group by number order by number`;

let asked = 0;

/**
 * Asks Postgres for the kind of a list at each parameter of a statement, which is not run.
 *
 * @param transaction all of it runs on one session.
 */
export async function listKinds(transaction: Queryable, text: string): Promise<readonly ListKind[]> {
  asked += 1;
  const name = `stk_parameters_${asked}`; // of its own: one that was cut off is still there
  const ask = (sql: string) => transaction.query({ text: sql, readOnly: true }, []);
  await ask(`prepare ${name} as ${text}`);
  const { rows } = await ask(question(name));
  await ask(`deallocate ${name}`);
  return rows.map(({ kind }) => (kind === "json" || kind === "jsons" ? kind : "array"));
}
