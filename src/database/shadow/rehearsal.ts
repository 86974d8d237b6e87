import { modelName } from "../catalog/queries.ts";
import type { EmbeddedDatabase } from "../pglite.ts";
import { asSqlError, type SqlProblem } from "../sql-error.ts";
import { attempt } from "../transaction.ts";
import type { SchemaProblem } from "./make-schema.ts";

/** A statement to describe. `parameterTypes[0]` is the type of `$1` as one would write it; null leaves it to Postgres. */
export type StatementToDescribe = { sql: string; parameterTypes?: readonly (string | null)[] };

/** What Postgres says that a statement takes and gives, in its own spelling of types, or why it refuses it. */
export type Description =
  | { parameterTypes: string[]; columns: { name: string; type: string }[] }
  | { error: SqlProblem };

/** A declared schema as Postgres understood it. */
export type Rehearsal = {
  /** Every object that was refused, without those that failed only because of another. */
  problems: SchemaProblem[];
  /** Postgres' spelling of the type of every column, by table, then column. */
  columnTypes: Record<string, Record<string, string>>;
  /** The type that each domain is over in the end. */
  domains: Record<string, string>;
  /** One for each statement, in their order. */
  descriptions: Description[];
};

/** Describes statements against the schema that is made, and says what it holds. */
export async function rehearse(
  database: EmbeddedDatabase,
  problems: SchemaProblem[],
  statements: readonly StatementToDescribe[],
): Promise<Rehearsal> {
  const descriptions: Description[] = [];
  for (const statement of statements) descriptions.push(await describeOne(database, statement));
  return {
    problems,
    columnTypes: await columnTypesOf(database),
    domains: await domainsOf(database),
    descriptions,
  };
}

async function describeOne(
  database: EmbeddedDatabase,
  { sql, parameterTypes = [] }: StatementToDescribe,
): Promise<Description> {
  let description: Description | undefined;
  const error = await attempt(database, async () => {
    const paramTypes = await oidsOf(database, parameterTypes);
    try {
      const { parameters, columns } = await describe(database, sql, paramTypes);
      const types = await namesOf(database, [
        ...parameters.map((dataTypeID) => ({ dataTypeID, dataTypeModifier: -1 })),
        ...columns,
      ]);
      description = {
        parameterTypes: types.slice(0, parameters.length),
        columns: columns.map(({ name }, index) => ({
          name,
          type: types[parameters.length + index] ?? "unknown",
        })),
      };
    } catch (cause) {
      throw asSqlError(cause, sql);
    }
  });
  return error === undefined ? (description ?? { parameterTypes: [], columns: [] }) : { error };
}

type Described = {
  parameters: readonly number[];
  columns: readonly { name: string; dataTypeID: number; dataTypeModifier: number }[];
};

/** As `describeQuery` of PGlite does it, which leaves out the modifiers of types. */
async function describe({ pglite }: EmbeddedDatabase, text: string, types: number[]): Promise<Described> {
  const { messages, protocol } = await import("@electric-sql/pglite");
  const { parse, describe, sync } = protocol.serialize;
  const said = await pglite.execProtocol(
    Buffer.concat([parse({ text, types }), describe({ type: "S" }), sync()]),
  );
  const parameters = said.messages.find((one) => one instanceof messages.ParameterDescriptionMessage);
  const rows = said.messages.find((one) => one instanceof messages.RowDescriptionMessage);
  return { parameters: parameters?.dataTypeIDs ?? [], columns: rows?.fields ?? [] };
}

/** 0 lets Postgres find the type. */
async function oidsOf(database: EmbeddedDatabase, types: readonly (string | null)[]): Promise<number[]> {
  if (types.length === 0) return [];
  const rows = await database.query<{ oid: number }>(
    "select coalesce(t::regtype::oid, 0)::int4 as oid from unnest($1::text[]) with ordinality as u (t, n) order by n",
    [types],
  );
  return rows.map(({ oid }) => oid);
}

async function namesOf(
  database: EmbeddedDatabase,
  types: readonly Pick<Described["columns"][number], "dataTypeID" | "dataTypeModifier">[],
): Promise<string[]> {
  if (types.length === 0) return [];
  const rows = await database.query<{ name: string }>(
    `select format_type(o, nullif(m, -1)) as name
      from unnest($1::oid[], $2::int[]) with ordinality as u (o, m, n) order by n`,
    [types.map(({ dataTypeID }) => dataTypeID), types.map(({ dataTypeModifier }) => dataTypeModifier)],
  );
  return rows.map(({ name }) => name);
}

async function domainsOf(database: EmbeddedDatabase): Promise<Record<string, string>> {
  const rows = await database.query<{ name: string; base: string }>(`
    with recursive base as (
      select t.oid as domain, t.typbasetype as oid, t.typtypmod as modifier
      from pg_type t join pg_namespace n on n.oid = t.typnamespace
      where t.typtype = 'd' and n.nspname not in ('pg_catalog', 'information_schema')
      union all
      select b.domain, t.typbasetype, case when t.typtypmod >= 0 then t.typtypmod else b.modifier end
      from base b join pg_type t on t.oid = b.oid and t.typtype = 'd')
    select format_type(b.domain, null) as name, format_type(b.oid, b.modifier) as base
    from base b join pg_type t on t.oid = b.oid and t.typtype <> 'd' order by 1`);
  return Object.fromEntries(rows.map(({ name, base }) => [name, base]));
}

async function columnTypesOf(database: EmbeddedDatabase): Promise<Record<string, Record<string, string>>> {
  const rows = await database.query<{ table: string; columns: Record<string, string> }>(`
    select ${modelName("n.nspname", "c.relname")} as table,
      json_object_agg(a.attname, format_type(a.atttypid, a.atttypmod) order by a.attnum) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
    where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and c.relkind in ('r', 'p')
      and a.attnum > 0 and not a.attisdropped
    group by n.nspname, c.relname`);
  return Object.fromEntries(rows.map(({ table, columns }) => [table, columns]));
}
