import { CallError } from "../error.ts";
import type { Queryable, Rows, SqlStatement, TransactionOptions } from "./database.ts";
import { isLostStatement } from "./failure.ts";
import { FirstFailure } from "./first-failure.ts";
import { type Part, Pending, timedOut } from "./pending.ts";
import type { Session } from "./session.ts";

/** How a transaction is run on its session. */
export type TransactionRun = TransactionOptions & {
  readonly signal: AbortSignal | undefined;
  /** What is sent behind `begin`, before anything else, where nothing may be left on the session. */
  readonly settings?: SqlStatement | undefined;
  /** Whether it was not run before: then statements are sent by name, where the session keeps what is prepared. */
  readonly isFirst: boolean;
};

const nothing: Rows = { rows: [], count: 0 };

/**
 * Runs `work` between `begin` and `commit` on a session that it has for itself. Whatever happens, the session is out
 * of the transaction, or destroyed, when this is settled.
 *
 * @throws {CallError} `outcome_unknown` where the answer to `commit` was lost; otherwise nothing was committed.
 */
export async function runTransaction<T>(
  session: Session,
  work: (transaction: Queryable) => Promise<T>,
  { signal, settings, isFirst, readOnly }: TransactionRun,
): Promise<T> {
  let isOpen = true;
  let lost: unknown;
  let ending: Pending | undefined;
  const failure = new FirstFailure();
  const send = (
    part: Part,
    statement: SqlStatement,
    values: readonly unknown[] = [],
    within?: AbortSignal,
  ): Promise<Rows> =>
    new Promise((resolve, reject) => {
      const sending = { statement, values, signal: within, exclusive: false, part, refusesWrites: readOnly };
      const pending = new Pending(sending, resolve, reject);
      pending.repeated = !isFirst || settings !== undefined;
      if (part === "commit") ending = pending;
      if (part === "commit" || !pending.settleIfAborted()) session.send(pending);
    });
  const query: Queryable["query"] = async (statement, values, within = signal) => {
    if (!isOpen) throw new Error("A statement was sent after its transaction was over.");
    try {
      return await send("inner", statement, values, within);
    } catch (error) {
      if (isLostStatement(error)) lost = error;
      return failure.throw(error);
    }
  };
  try {
    // Written together with the first statement; where one fails, what follows is not wanted.
    const begun = Promise.all([
      send("begin", { text: readOnly === true ? "begin read only" : "begin" }),
      settings === undefined ? nothing : send("inner", settings),
    ]);
    begun.catch(() => undefined);
    const result = await untilAborted(work({ query }), signal);
    await begun;
    isOpen = false;
    let refused: unknown;
    // Behind a pooler: a commit that fails would end the transaction before the session is cleaned.
    if (settings !== undefined && readOnly !== true)
      send("inner", { text: "set constraints all immediate", readOnly: true }).catch((error: unknown) => {
        refused = error;
      });
    await send("commit", { text: "commit", ...(readOnly === true && { readOnly }) }, [], signal);
    // So Postgres answers, without an error, when a statement failed before.
    if (ending?.command === "ROLLBACK" && failure.error === undefined && refused !== undefined) throw refused;
    if (ending?.command === "ROLLBACK")
      throw new Error("A statement of the transaction failed, so it was rolled back.", {
        cause: failure.error,
      });
    return result;
  } catch (error) {
    isOpen = false;
    if (ending === undefined) await send("rollback", { text: "rollback" }).catch(() => session.destroy());
    throw lost === undefined ? error : new TableChanged(lost);
  }
}

/** A transaction was rolled back, since a table or a prepared statement changed under one of its statements. */
export class TableChanged extends CallError {
  constructor(cause: unknown) {
    super("conflict", "A table changed while the call ran. Try again.", { cause });
  }
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(timedOut());
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
