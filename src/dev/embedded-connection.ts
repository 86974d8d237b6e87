import type { Database, Queryable, Row, SqlStatement } from "../../runtime/database/database.ts";
import { FirstFailure } from "../../runtime/database/first-failure.ts";
import { timedOut } from "../../runtime/database/pending.ts";
import { noteRepeated, repeatedColumn } from "../../runtime/database/repeated-column.ts";
import { cleaning, tracesOf } from "../../runtime/database/traces.ts";
import { writeArray } from "../../runtime/sql/array.ts";
import { OwnTypes } from "../../runtime/sql/own-types.ts";
import { asText } from "../../runtime/sql/values.ts";
import type { EmbeddedDatabase } from "../database/pglite.ts";
import { applySessionSettings } from "./session-settings.ts";

/** What of PGlite, or of a transaction of it, runs a statement. */
type Engine = Pick<EmbeddedDatabase["pglite"], "query">;

/** The Bridge's way to an embedded database, which leaves room for other work between its statements. */
export interface EmbeddedConnection extends Database {
  /** Runs `work` while the Bridge's statements wait. */
  exclusively<T>(work: (database: EmbeddedDatabase) => Promise<T>): Promise<T>;
}

/** What logic prepared; the reader of the catalog, which shares the session, keeps its own (`stk_1`). */
const dropPrepared = `do $stk$ declare one text; begin
  for one in select name from pg_catalog.pg_prepared_statements where from_sql and name !~ '^stk_[0-9]+$' loop
    execute pg_catalog.format('deallocate %I', one);
  end loop; end $stk$`;

/**
 * The Bridge's database on an embedded one. Statements and transactions run one after the other, and values come and go
 * as Postgres' text, so that they read as they do over the wire. Closing it leaves the embedded one open.
 *
 * A statement that has begun cannot be stopped: the engine holds the thread until it is done.
 */
export async function embeddedConnection(embedded: EmbeddedDatabase): Promise<EmbeddedConnection> {
  await applySessionSettings(embedded);
  const { pglite } = embedded;
  const types = new OwnTypes();
  const options = {
    parsers: Object.fromEntries(Object.keys(pglite.parsers).map((oid) => [oid, asText])),
    serializers: Object.fromEntries(Object.keys(pglite.serializers).map((oid) => [oid, textOf])),
  };
  const run = async (engine: Engine, text: string, values: readonly unknown[]) => {
    const texts = values.map((value) => (value === null || value === undefined ? null : textOf(value)));
    const result = await engine.query<Row>(text, texts, options);
    if (types.lacks(result))
      await types.learn(result, async (asked, of) => (await engine.query<Row>(asked, [...of], options)).rows);
    types.decode(result);
    const repeated = repeatedColumn(result.fields);
    if (repeated !== undefined) for (const row of result.rows) noteRepeated(row, repeated);
    return { rows: result.rows, count: result.rowCount ?? result.rows.length };
  };

  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
    const turn = last.then(() => {
      if (signal?.aborted === true) throw timedOut();
      return work();
    });
    last = turn.catch(() => undefined);
    return untilAborted(turn, signal);
  };
  let isClean = true;
  const clean = async () => {
    if (isClean) return;
    await pglite.exec(`${cleaning()}; ${dropPrepared}`);
    await applySessionSettings(embedded);
    isClean = true;
  };
  /** What a call leaves on the one session would be there for all others; a release takes it away in the same way. */
  const cleanly = async <T>(work: () => Promise<T>): Promise<T> => {
    await clean(); // where it failed behind the last one
    try {
      return await work();
    } finally {
      await clean();
    }
  };
  const noted = (statement: SqlStatement): string => {
    isClean &&= tracesOf(statement) === "none";
    return statement.text;
  };
  const query: Queryable["query"] = (statement, values, signal) =>
    inTurn(() => cleanly(() => run(pglite, noted(statement), values)), signal);
  return {
    query,
    reserved: { query },
    transaction: (work, signal, { readOnly = false } = {}) =>
      inTurn(
        () =>
          cleanly(() =>
            pglite.transaction(async (transaction) => {
              if (readOnly) await transaction.query("set transaction read only");
              const failure = new FirstFailure();
              const query: Queryable["query"] = (statement, values, within = signal) =>
                untilAborted(run(transaction, noted(statement), values).catch(failure.throw), within);
              const result = await untilAborted(work({ query }), signal);
              // `commit` after a failed statement is a rollback without an error, so ask first.
              await transaction.query("select 1").catch(failure.throw);
              return result;
            }),
          ),
        signal,
      ),
    exclusively: (work) => inTurn(() => work(embedded), undefined),
    close: async () => {},
  };
}

const textOf = (value: unknown): string =>
  Array.isArray(value) ? writeArray(value.map(asElement)) : String(value);

const asElement = (value: unknown): string | null =>
  value === null || value === undefined ? null : textOf(value);

/** @throws {CallError} `timeout` when the signal ends the wait. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(timedOut());
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
