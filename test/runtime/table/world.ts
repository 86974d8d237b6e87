import pino from "pino";
import { defaults } from "../../../config/defaults.ts";
import type { Caller } from "../../../runtime/caller.ts";
import type { Database, Queryable, SqlStatement } from "../../../runtime/database/database.ts";
import { createPool } from "../../../runtime/database/pool.ts";
import { CallError } from "../../../runtime/error.ts";
import { compileTables } from "../../../runtime/table/table-calls.ts";
import type { DeclaredSchema, DeclaredTable } from "../../../schema/declared.ts";
import type { TablePermissions } from "../../../schema/manifest.ts";
import { freshDatabase } from "../../services/postgres.ts";
import type { PostgresVersion } from "../../services/postgres-server.ts";

/** A statement that was sent, with its values. */
export type Sent = { text: string; name: string | undefined; values: readonly unknown[] };

/** Calls on the tables of one connection, `main`, on a real Postgres. */
export type World = {
  database: Database;
  /** What was sent since the list was last emptied; `begin` and `commit` are not in it. */
  sent: Sent[];
  /** Makes `db/main/{call}`. */
  call(
    call: string,
    params: unknown,
    caller: Caller,
    limits?: { rows: number; depth: number },
  ): Promise<unknown>;
  /** Like `call`, for what must be refused. */
  refused(
    call: string,
    params: unknown,
    caller: Caller,
    limits?: { rows: number; depth: number },
  ): Promise<CallError>;
  /** Other rules on the same database. */
  under(permissions: Record<string, TablePermissions>): World;
};

/** A table as the manifest has it, from its columns' types. */
export const table = (columns: Record<string, string>, keys: Partial<DeclaredTable> = {}): DeclaredTable => ({
  columns: Object.fromEntries(
    Object.entries(columns).map(([name, type]) => [name, { type, nullable: true }]),
  ),
  uniques: [],
  checks: [],
  foreignKeys: [],
  indexes: [],
  ...keys,
});

/** A fresh database with `sql` run in it. */
export async function databaseWith(
  sql: string,
  version: PostgresVersion = 18,
): Promise<{ database: Database; close(): Promise<void> }> {
  const { url, drop } = await freshDatabase({ version });
  const log = pino({ level: "silent" });
  const database = createPool("main", { url, ...defaults.connection, pool: 2 }, log);
  await database.query({ text: `do $stk$ begin ${sql} end $stk$` }, []);
  const close = async (): Promise<void> => {
    await database.close();
    await drop();
  };
  return { database, close };
}

/** Calls on a database that has the schema. */
export function worldOf(
  database: Database,
  schema: DeclaredSchema,
  permissions: Record<string, TablePermissions>,
): World {
  const sent: Sent[] = [];
  const recorded = recording(database, sent);
  const calls = compileTables({ schema: { main: schema }, permissions: { main: permissions } });
  const world: World = {
    database,
    sent,
    async call(path, params, caller, limits = { rows: 1_000, depth: 20 }) {
      const found = calls.lookup(`db/main/${path}`);
      if (found === undefined) throw new CallError("not_found", "There is no such call.");
      return await found.handle(params, caller, { database: recorded, limits });
    },
    async refused(path, params, caller, limits) {
      try {
        const answer = await world.call(path, params, caller, limits);
        throw new Error(`It was answered: ${JSON.stringify(answer)}`);
      } catch (error) {
        if (error instanceof CallError) return error;
        throw error;
      }
    },
    under: (others) => worldOf(database, schema, others),
  };
  return world;
}

/** A caller with a token. */
export const user = (
  id: string,
  roles: readonly string[] = [],
  claims: Record<string, unknown> = {},
): Caller => ({
  authenticated: true,
  id,
  roles: [...new Set(["public", "authenticated", ...roles])].sort(),
  claims,
});

function recording(database: Database, sent: Sent[]): Database {
  const record = (queryable: Queryable): Queryable => ({
    query: (statement: SqlStatement, values, signal) => {
      sent.push({ text: statement.text, name: statement.name, values });
      return queryable.query(statement, values, signal);
    },
  });
  return {
    ...record(database),
    transaction: (work, signal, options) =>
      database.transaction((transaction) => work(record(transaction)), signal, options),
    reserved: database.reserved,
    close: () => database.close(),
  };
}
