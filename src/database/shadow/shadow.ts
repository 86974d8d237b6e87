import type { z } from "zod";
import type { DeclaredRename, DeclaredSchema, PlannableSchema } from "../../../schema/declared.ts";
import { modelName, spelling } from "../catalog/queries.ts";
import { readModel } from "../catalog/read-model.ts";
import type { Database } from "../database.ts";
import type { Model } from "../model/model.ts";
import { type EmbeddedDatabase, openPglite, type PgliteOptions } from "../pglite.ts";
import { asSqlError, SqlError, type SqlProblem } from "../sql-error.ts";
import { attempt } from "../transaction.ts";
import { emptied } from "./emptied.ts";
import { extensionsOf } from "./extensions-of.ts";
import type { SchemaProblem } from "./make-schema.ts";
import { readBack } from "./read-back.ts";
import { makeEmbedded, markLz4 } from "./stand-ins.ts";
import { innermostFirst, undo } from "./undo-rename.ts";

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

/** Work whose result depends on nothing but `about`. It is kept as JSON where it is of the `format`. */
export type Remembered<T> = { readonly about: string; readonly format: z.ZodType<T> };

/** A Postgres that nobody's data is in, to ask what it thinks of a declaration. */
export interface Shadow {
  /**
   * Makes the declared schema in `public`, describes the statements against it, and rolls back. Nothing is run but
   * the schema's own statements. Calls are served one after the other.
   *
   * @example
   * const { problems, descriptions } = await shadow.rehearse(declared, [{ sql: "select id from tasks" }]);
   */
  rehearse(declared: DeclaredSchema, statements?: readonly StatementToDescribe[]): Promise<Rehearsal>;
  /**
   * What the database would be if nothing but the declaration were in it and the renames were yet to be made: these
   * have their old names, wherever they stand. What Postgres names after a table or a column is named after the new.
   *
   * @throws {SqlError} when Postgres refuses it; `rehearse` says all that is wrong.
   */
  model(declared: PlannableSchema, yetToBeMade?: readonly DeclaredRename[]): Promise<Model>;
  /**
   * Makes the declared schema, reads in it, and rolls back.
   *
   * @throws {SqlError} when Postgres refuses it; `rehearse` says all that is wrong.
   */
  read<T>(declared: DeclaredSchema, work: (database: Database) => Promise<T>): Promise<T>;
  /**
   * Gives `work` an empty database that it may do anything to, and no other call meanwhile. With `remembered` the work
   * may be left out where it was done before.
   */
  stage<T>(
    extensions: readonly string[],
    work: (database: Database) => Promise<T>,
    remembered?: Remembered<T>,
  ): Promise<T>;
  close(): Promise<void>;
}

/** Opens a {@link Shadow}, in memory. */
export async function openShadow(options: Pick<PgliteOptions, "cache"> = {}): Promise<Shadow> {
  let current = await openPglite(options);
  let loaded: readonly string[] = [];
  let last: Promise<unknown> = Promise.resolve();
  // What it can make is settled when it is opened, so one that must make more is opened anew.
  const able = async (extensions: readonly string[]): Promise<EmbeddedDatabase> => {
    if (extensions.every((name) => loaded.includes(name))) return current;
    const both = [...new Set([...loaded, ...extensions])];
    const next = await openPglite({ ...options, extensions: both });
    await current.close();
    loaded = both;
    current = next;
    return current;
  };
  // What was made stays for the next call that is about the same, in a transaction that is never committed.
  let made: Made | undefined;
  let isStaged = false;
  // Before the next call, and not after: the last one is followed by none.
  const cleared = async (): Promise<void> => {
    if (made !== undefined) await current.script("rollback");
    made = undefined;
    if (!isStaged) return;
    // It has locks for so many tables at a time; one that cannot be emptied is left for a new one.
    await emptied(current).catch(async () => {
      await current.close();
      current = await openPglite({ ...options, extensions: loaded });
    });
    isStaged = false;
  };
  const make = async (declared: DeclaredSchema): Promise<Made> => {
    const key = keyOf(declared);
    if (made?.key === key) return made;
    await cleared();
    const database = await able(extensionsOf(declared));
    await database.script("begin");
    try {
      await database.script(spelling);
      made = { key, problems: await makeEmbedded(database, declared) };
      return made;
    } catch (error) {
      await database.script("rollback");
      throw error;
    }
  };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
  const within = <T>(
    declared: DeclaredSchema,
    work: (database: EmbeddedDatabase, problems: SchemaProblem[]) => Promise<T>,
  ): Promise<T> =>
    inTurn(async () => {
      const { problems } = await make(declared);
      await current.script("savepoint made");
      try {
        return await work(current, problems);
      } finally {
        await current.script("rollback to savepoint made; release savepoint made");
      }
    });
  const withinWhole = <T>(
    declared: DeclaredSchema,
    work: (database: EmbeddedDatabase) => Promise<T>,
  ): Promise<T> =>
    within(declared, (database, [problem]) => {
      if (problem !== undefined) throw new SqlError(problem.error, problem.sql);
      return work(database);
    });
  return {
    rehearse: (declared, statements = []) =>
      within(declared, (database, problems) => rehearse(database, problems, statements)),
    model: (declared, yetToBeMade = []) =>
      withinWhole(declared, async (database) => {
        await markLz4(database, declared);
        for (const rename of yetToBeMade.toSorted(innermostFirst)) await database.query(undo(rename));
        return readBack(database, await readModel(database, declared.scope), declared.scope);
      }),
    read: withinWhole,
    stage: (extensions, work) =>
      inTurn(async () => {
        await cleared();
        const database = await able(extensions);
        database.standInFor(extensions);
        isStaged = true;
        return work(database);
      }),
    close: () => last.then(() => current.close()),
  };
}

/** What is made in the open transaction, and what of it was refused. */
type Made = { key: string; problems: SchemaProblem[] };

// In which order they are declared is the order in which they are made.
const keyOf = ({ enums, tables, objects }: DeclaredSchema): string =>
  JSON.stringify([enums, tables, objects]);

async function rehearse(
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
      const { queryParams, resultFields } = await database.pglite.describeQuery(sql, { paramTypes });
      const types = await namesOf(
        database,
        [...queryParams, ...resultFields].map(({ dataTypeID }) => dataTypeID),
      );
      description = {
        parameterTypes: types.slice(0, queryParams.length),
        columns: resultFields.map(({ name }, index) => ({
          name,
          type: types[queryParams.length + index] ?? "unknown",
        })),
      };
    } catch (cause) {
      throw asSqlError(cause, sql);
    }
  });
  return error === undefined ? (description ?? { parameterTypes: [], columns: [] }) : { error };
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

async function namesOf(database: EmbeddedDatabase, oids: readonly number[]): Promise<string[]> {
  if (oids.length === 0) return [];
  const rows = await database.query<{ name: string }>(
    "select format_type(o, null) as name from unnest($1::oid[]) with ordinality as u (o, n) order by n",
    [oids],
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
