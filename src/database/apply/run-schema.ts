import type { Database } from "../database.ts";
import { SqlError } from "../sql-error.ts";
import { inTransaction } from "../transaction.ts";

/**
 * What the role of a release may write, for calls with idempotency keys. Nothing in it gives a right to anybody: an id is
 * a digest of connection, issuer, subject and key.
 */
const tables = `
  create table if not exists _stk_run.idempotency (
    id text primary key,
    request text not null,
    rights text not null,
    answer text,
    at timestamptz not null default now()
  );
  create index if not exists idempotency_at on _stk_run.idempotency (at)`;

const grants = `  grant usage on schema _stk_run to ROLE;
  grant select, insert, update, delete on _stk_run.idempotency to ROLE;`;

/**
 * Makes the schema `_stk_run` and its tables where they are missing. Gives what is to be told of it, if anything: what the
 * role of the release has to be granted, or who has to make them.
 */
export async function makeRunSchema(database: Database): Promise<string | undefined> {
  const [found] = await database.query<{ schema: boolean; table: boolean; role: string }>(
    `select to_regnamespace('_stk_run') is not null as schema,
       to_regclass('_stk_run.idempotency') is not null as table, quote_ident(current_user) as role`,
  );
  if (found?.table === true) return undefined;
  try {
    await inTransaction(database, async () => {
      await database.script("set local lock_timeout = '1500ms'");
      // Whoever may not make a schema may still make the tables in one that was made for them.
      if (found?.schema !== true) await database.script("create schema _stk_run");
      await database.script(tables);
    });
  } catch (error) {
    if (!(error instanceof SqlError) || error.problem.sqlstate !== "42501") throw error;
    const help = `create schema _stk_run authorization ${found?.role ?? "ROLE"}`;
    return `calls with idempotency keys need a table that this role may not make. Run as an owner of the database, then apply again:\n  ${help};`;
  }
  return `made _stk_run.idempotency. For calls with idempotency keys grant it to the role that the release connects as:\n${grants}`;
}
