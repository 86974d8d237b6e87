import type { Database, Queryable, Rows } from "../../runtime/database/database.ts";
import { timedOut } from "../../runtime/database/pending.ts";
import { writeArray } from "../../runtime/sql/array.ts";
import { decoderOf } from "../../runtime/sql/values.ts";
import type { EmbeddedDatabase } from "../database/pglite.ts";
import { applySessionSettings } from "./session-settings.ts";

/** What of PGlite, or of a transaction of it, runs a statement. */
type Engine = Pick<EmbeddedDatabase["pglite"], "query">;

/**
 * The Bridge's {@link Database} on an embedded one. Statements and transactions run one after the other, and values
 * come and go as Postgres' text, so that they read as they do over the wire.
 *
 * A statement that has begun cannot be stopped: the engine holds the thread until it is done.
 */
export async function embeddedConnection(embedded: EmbeddedDatabase): Promise<Database> {
  await applySessionSettings(embedded);
  const { pglite } = embedded;
  const options = {
    parsers: Object.fromEntries(Object.keys(pglite.parsers).map((oid) => [oid, decoderOf(Number(oid))])),
    serializers: Object.fromEntries(Object.keys(pglite.serializers).map((oid) => [oid, asText])),
  };
  const queryable = (engine: Engine): Queryable => ({
    query: (statement, values, signal) =>
      untilAborted(async () => {
        const texts = values.map((value) => (value === null || value === undefined ? null : asText(value)));
        const { rows, rowCount, affectedRows } = await engine.query<Record<string, unknown>>(
          statement.text,
          texts,
          options,
        );
        return { rows, count: rowCount ?? affectedRows ?? rows.length } satisfies Rows;
      }, signal),
  });
  return {
    ...queryable(pglite),
    transaction: (work, signal) =>
      untilAborted(
        () =>
          pglite.transaction(async (transaction) => {
            const result = await untilAborted(() => work(queryable(transaction)), signal);
            // `commit` after a failed statement is a rollback without an error, so ask first.
            await transaction.query("select 1");
            return result;
          }),
        signal,
      ),
    close: async () => {},
  };
}

const asText = (value: unknown): string =>
  Array.isArray(value) ? writeArray(value.map(asElement)) : String(value);

const asElement = (value: unknown): string | null =>
  value === null || value === undefined ? null : asText(value);

/** @throws {CallError} `timeout` when the signal ends the wait. */
async function untilAborted<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work();
  if (signal.aborted) throw timedOut();
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(timedOut());
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
