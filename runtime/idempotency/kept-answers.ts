import type { Queryable, SqlStatement } from "../database/database.ts";
import { statementName } from "../sql/statement-name.ts";

/** What is kept of a call that was made with a key. */
export type KeptAnswer = {
  /** The digest of the call's path and params. */
  readonly request: string;
  /** The digest of what the caller was then. */
  readonly rights: string;
  readonly answer: string;
};

const lifetime = "interval '1 day'";
/** More than the one that is inserted, so that there are never many. */
const deletedAtOnce = 50;

const statement = (text: string): SqlStatement => ({ name: statementName(text), text });

/** Waits for whoever inserted the same id and is not done. Gives a row where the id is free, or was kept long enough. */
const insert = statement(`with expired as (
    delete from _stk_run.idempotency where id in (
      select id from _stk_run.idempotency where at < now() - ${lifetime} and id <> $1::text
      order by at limit ${deletedAtOnce} for update skip locked))
  insert into _stk_run.idempotency as kept (id, request, rights) values ($1::text, $2::text, $3::text)
  on conflict (id) do update set request = excluded.request, rights = excluded.rights, answer = null, at = now()
    where kept.at < now() - ${lifetime}
  returning 1 as one`);
const select = statement("select request, rights, answer from _stk_run.idempotency where id = $1::text");
const update = statement("update _stk_run.idempotency set answer = $2::text where id = $1::text");
const limit = statement("select set_config('lock_timeout', $1::text, true)");
const noLimit = statement("set local lock_timeout to default");

/**
 * Takes an id for a call in the transaction that is to make it; whether it was free.
 *
 * @param waitMs how long to wait for a call that has it and is not done.
 * @throws {DatabaseError} `55P03` where that is over.
 */
export async function takeId(
  transaction: Queryable,
  id: string,
  { request, rights }: Omit<KeptAnswer, "answer">,
  waitMs: number,
): Promise<boolean> {
  const [, taken] = await Promise.all([
    transaction.query(limit, [`${waitMs}ms`]),
    transaction.query(insert, [id, request, rights]),
    transaction.query(noLimit, []),
  ]);
  return taken.count > 0;
}

/** Keeps the answer of the call that took the id. */
export async function keepAnswer(transaction: Queryable, id: string, answer: string): Promise<void> {
  await transaction.query(update, [id, answer]);
}

/** What was kept under an id, or undefined where it has just been deleted. */
export async function keptAnswer(transaction: Queryable, id: string): Promise<KeptAnswer | undefined> {
  const { rows } = await transaction.query(select, [id]);
  const [row] = rows;
  if (row === undefined || typeof row.answer !== "string") return undefined;
  return { request: String(row.request), rights: String(row.rights), answer: row.answer };
}
