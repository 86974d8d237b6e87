import type { DeclaredSchema } from "../../schema/declared.ts";
import {
  type Found,
  type FoundColumn,
  type FoundTable,
  type Mismatch,
  schemaMismatches,
} from "../../src/core/schema-mismatch.ts";
import type { CallUse } from "../../src/core/table-use.ts";
import { type Database, isDatabaseError, type Row } from "./database.ts";

/** What the calls of a release use of one connection. The SQL of modules is not known. */
export type SchemaNeeds = {
  readonly schema: DeclaredSchema;
  readonly uses: readonly CallUse[];
  /** The statements of SQL logic, with how many parameters each has. */
  readonly statements: readonly {
    readonly call: string;
    readonly sql: string;
    readonly parameters: number;
  }[];
};

/** `NAME` is in `public`; elsewhere it is `SCHEMA.NAME`. */
const schemaOf = "case when position('.' in u.name) = 0 then 'public' else split_part(u.name, '.', 1) end";
const localOf = "substr(u.name, position('.' in u.name) + 1)";

/** The type that a domain is over, through other domains. */
const baseType = `(with recursive base (oid, modifier) as (
    select t.typbasetype, t.typtypmod
    union all select b.typbasetype, b.typtypmod from base join pg_catalog.pg_type b on b.oid = base.oid and b.typtype = 'd')
  select format_type(base.oid, base.modifier) from base join pg_catalog.pg_type b on b.oid = base.oid and b.typtype <> 'd')`;

const isLacking = (right: string): string =>
  `not has_table_privilege(c.oid, '${right}') and not has_column_privilege(c.oid, a.attnum, '${right}')`;

/** Tables, columns and enums as the database has them: by table and column, by enum and label. */
const statement = {
  text: `select 'column' as kind, u.name, a.attname::text as part,
  format_type(a.atttypid, a.atttypmod) as type, case when t.typtype = 'd' then ${baseType} end as base,
  (a.attnotnull or t.typnotnull) and not a.atthasdef and t.typdefault is null and a.attidentity = '' as required,
  a.attgenerated <> '' or a.attidentity = 'a' as computed,
  ${isLacking("select")} as "noSelect", ${isLacking("insert")} as "noInsert", ${isLacking("update")} as "noUpdate",
  has_table_privilege(c.oid, 'delete') as "mayDelete",
  case when has_schema_privilege(n.oid, 'usage') then null else quote_ident(n.nspname) end as "closedSchema",
  (select quote_ident(n.nspname) || '.' || quote_ident(s.relname)
    from pg_catalog.pg_depend d join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S'
    where d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid = a.attnum
      and d.deptype = 'a' and a.atthasdef and case when s.relkind = 'S' then not has_sequence_privilege(s.oid, 'usage, update') end) as "closedSequence",
  exists (select from pg_catalog.pg_trigger g where g.tgrelid = c.oid and not g.tgisinternal and g.tgenabled <> 'D'
    and g.tgtype & 7 = 7) as triggered,
  quote_ident(n.nspname) || '.' || quote_ident(c.relname) as quoted, quote_ident(current_user) as role
from unnest($1::text[]) as u (name)
  join pg_catalog.pg_namespace n on n.nspname = ${schemaOf}
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = ${localOf} and c.relkind in ('r', 'p', 'v', 'm', 'f')
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_catalog.pg_type t on t.oid = a.atttypid
union all
select 'label', u.name, e.enumlabel::text, null, null, null, null, null, null, null, null, null, null, null, null, null
from unnest($2::text[]) as u (name)
  join pg_catalog.pg_namespace n on n.nspname = ${schemaOf}
  join pg_catalog.pg_type t on t.typnamespace = n.oid and t.typname = ${localOf}
  join pg_catalog.pg_enum e on e.enumtypid = t.oid`,
};

/**
 * Why calls cannot be served by a database, and what it lacks for them. Tables are compared with what was declared; of
 * SQL logic Postgres plans each statement, without running it, and so finds tables, columns, functions and rights.
 *
 * @throws {CallError} `unavailable` and `timeout` when the database was not reached, or not in time.
 */
export async function findMismatches(
  database: Pick<Database, "query">,
  { schema, uses, statements }: SchemaNeeds,
  signal?: AbortSignal,
): Promise<Mismatch[]> {
  const tables = new Set(uses.flatMap((use) => use.tables.map(({ table }) => table)));
  const { rows } = await database.query(statement, [[...tables], Object.keys(schema.enums)], signal);
  const mismatches = schemaMismatches(uses, schema, foundIn(rows));
  // One after the other: each has a session for itself, and calls are to find the others free.
  for (const { call, sql, parameters } of statements) {
    const refusal = await refusalOf(database, sql, parameters, signal);
    if (refusal !== undefined)
      mismatches.push({ call, object: call, message: `The call \`${call}\` fails: ${refusal}.` });
  }
  return mismatches;
}

/** What Postgres says against a statement: class 42 (syntax error or access rule violation), or a schema not there. */
async function refusalOf(
  database: Pick<Database, "query">,
  sql: string,
  parameters: number,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    await database.query(
      { text: `explain ${sql}` },
      Array.from({ length: parameters }, () => null),
      signal,
    );
    return undefined;
  } catch (error) {
    if (!isDatabaseError(error)) throw error;
    return /^42|^3F000$/.test(error.code) ? error.message : undefined;
  }
}

function foundIn(rows: readonly Row[]): Found {
  const tables = new Map<string, FoundTable & { columns: Map<string, FoundColumn> }>();
  const enums = new Map<string, string[]>();
  for (const row of rows) {
    const name = String(row.name);
    if (row.kind === "label") enums.set(name, [...(enums.get(name) ?? []), String(row.part)]);
    else {
      const table = tables.get(name) ?? tableIn(row);
      tables.set(name, table);
      table.columns.set(String(row.part), columnIn(row));
    }
  }
  return { role: String(rows.find(({ kind }) => kind === "column")?.role), tables, enums };
}

const tableIn = (row: Row) => ({
  quoted: String(row.quoted),
  columns: new Map<string, FoundColumn>(),
  triggered: row.triggered === true,
  mayDelete: row.mayDelete === true,
  closedSchema: textOf(row.closedSchema),
});

const columnIn = (row: Row): FoundColumn => ({
  type: withoutPublic(String(row.type)),
  base: textOf(row.base),
  required: row.required === true,
  computed: row.computed === true,
  lacks: rights.filter(([, lacking]) => row[lacking] === true).map(([right]) => right),
  closedSequence: textOf(row.closedSequence),
});

const rights = [
  ["select", "noSelect"],
  ["insert", "noInsert"],
  ["update", "noUpdate"],
] as const;

const withoutPublic = (type: string): string => type.replace(/^public\./, "");
const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
