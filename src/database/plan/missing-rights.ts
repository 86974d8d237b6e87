import { StkError } from "../../core/error.ts";
import { modelName } from "../catalog/queries.ts";
import type { Database } from "../database.ts";
import { SqlError } from "../sql-error.ts";
import type { Need } from "./needed-rights.ts";

/** A right that the role of the connection lacks, what it is lacking for, and the statement that gives it. */
export type MissingRight = { role: string; lacks: string; object: string; help: string };

const isMine = (owner: string): string => `pg_has_role(${owner}, 'usage')`;
const mayDrop = `need.goes and ${isMine("s.nspowner")}`;
const belongs = (owner: string): string => `', which belongs to ' || pg_get_userbyid(${owner})`;

/** One kind of what has an owner and a schema, `o`. `word` and `name` are SQL: how it is called, in messages and in ALTER. */
const owned = (
  kind: string,
  {
    catalog,
    schema,
    owner,
    model,
    word,
    name,
  }: Record<"catalog" | "schema" | "owner" | "model" | "word" | "name", string>,
): string => `
  select 'to own the ' || ${word} || ' ' || ${name} || ${belongs(owner)} as lacks, need.name as object,
    format('alter %s %s owner to %I', ${word}, ${name}, current_user) as help
  from need join (${catalog} o join pg_namespace s on s.oid = ${schema})
    on need.kind = '${kind}' and need.right = 'own' and ${model} = need.name
  where not (${isMine(owner)}) and not coalesce(${mayDrop}, false)`;

const relation = "format('%I.%I', s.nspname, o.relname)";

const query = `
  with need as (
    select * from json_to_recordset($1::json)
      as need ("right" text, kind text, name text, goes boolean, columns text[], sql text))
  select current_user::text as role, lacks, object, help from (
    ${owned("relation", {
      catalog: "pg_class",
      schema: "o.relnamespace",
      owner: "o.relowner",
      model: modelName("s.nspname", "o.relname"),
      word: "case o.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'table' end",
      name: relation,
    })}
    union all ${owned("type", {
      catalog: "pg_type",
      schema: "o.typnamespace",
      owner: "o.typowner",
      model: modelName("s.nspname", "o.typname"),
      word: "case o.typtype when 'd' then 'domain' else 'type' end",
      name: "format('%I.%I', s.nspname, o.typname)",
    })}
    union all ${owned("routine", {
      catalog: "pg_proc",
      schema: "o.pronamespace",
      owner: "o.proowner",
      model: modelName("s.nspname", "format('%s(%s)', o.proname, oidvectortypes(o.proargtypes))"),
      word: "'routine'",
      name: "format('%I.%I(%s)', s.nspname, o.proname, oidvectortypes(o.proargtypes))",
    })}
    union all
    select 'to own the schema ' || quote_ident(s.nspname) || ${belongs("s.nspowner")}, need.name,
      format('alter schema %I owner to %I', s.nspname, current_user)
    from need join pg_namespace s on need.kind = 'schema' and need.right = 'own' and s.nspname = need.name
    where not ${isMine("s.nspowner")}
    union all
    select 'to own the extension ' || quote_ident(e.extname) || ${belongs("e.extowner")}, need.name,
      format('grant %I to %I', pg_get_userbyid(e.extowner), current_user)
    from need join pg_extension e on need.kind = 'extension' and need.right = 'own' and e.extname = need.name
    where not ${isMine("e.extowner")}
    union all
    select upper(need.right) || ' on the schema ' || quote_ident(s.nspname), need.name,
      format('grant %s on schema %I to %I', need.right, s.nspname, current_user)
    from need join pg_namespace s on need.kind = 'schema' and need.right in ('create', 'usage') and s.nspname = need.name
    where not has_schema_privilege(s.oid, need.right)
    union all
    select upper(need.right) || ' on ' || ${relation}, need.name,
      format('grant %s on ${"%s"} to %I', need.right, ${relation}, current_user)
    from need join pg_class o on need.right in ('trigger', 'references')
      join pg_namespace s on s.oid = o.relnamespace and ${modelName("s.nspname", "o.relname")} = need.name
    where not case need.right when 'trigger' then has_table_privilege(o.oid, 'trigger') else not exists (
      select from pg_attribute a where a.attrelid = o.oid and a.attname = any (need.columns)
        and not has_column_privilege(o.oid, a.attnum, 'references')) end
    union all
    select 'CREATE on the database ' || quote_ident(current_database()), '',
      format('grant create on database %I to %I', current_database(), current_user)
    where not has_database_privilege(current_database(), 'create') and exists (
      select from need left join pg_available_extensions a on need.right = 'make' and a.name = need.name
        left join pg_available_extension_versions v on v.name = a.name and v.version = a.default_version
      where need.kind = 'database' or need.right = 'make' and (v.trusted or not v.superuser))
    union all
    select 'to be a superuser for the extension ' || quote_ident(need.name), need.name, need.sql
    from need join pg_available_extensions a on need.right = 'make' and a.name = need.name
      join pg_available_extension_versions v on v.name = a.name and v.version = a.default_version
    where v.superuser and not v.trusted and not (select rolsuper from pg_roles where rolname = current_user)
  ) missing
  group by lacks, object, help order by lacks, object`;

/** Which of the rights the role of the connection lacks; one query, in words that a person can act on. */
export const missingRights = async (database: Database, needs: readonly Need[]): Promise<MissingRight[]> =>
  needs.length === 0 ? [] : database.query<MissingRight>(query, [JSON.stringify(needs)]);

/** The error `missing_right`, with every right and the statements that give them. */
export const lacking = (missing: readonly MissingRight[]): StkError =>
  new StkError(
    "missing_right",
    `${missing[0]?.role} lacks what the plan needs; nothing was applied:\n${listed(missing.map(({ lacks }) => lacks))}`,
    {
      hint: `Let somebody who may run this, then run the command again:\n${listed([...new Set(missing.map(({ help }) => `${help};`))])}`,
      details: { role: missing[0]?.role, missing: missing.map(({ lacks, help }) => ({ lacks, help })) },
    },
  );

const listed = (lines: readonly string[]): string => lines.map((line) => `  ${line}`).join("\n");

/** Runs `work`; where it is refused for want of a right, all that are missing are said. */
export async function orLacking<T>(missing: readonly MissingRight[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isRefused = error instanceof SqlError && error.problem.sqlstate === insufficientPrivilege;
    throw isRefused && missing.length > 0 ? lacking(missing) : error;
  }
}

/** PostgreSQL documentation, appendix A. */
const insufficientPrivilege = "42501";
