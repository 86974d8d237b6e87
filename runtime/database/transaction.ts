import type { Queryable, Rows, SqlStatement } from "./database.ts";
import { Pending, timedOut } from "./pending.ts";
import type { Session } from "./session.ts";

type Send = (statement: SqlStatement, values: readonly unknown[], signal?: AbortSignal) => Promise<Rows>;

/**
 * Runs `work` between `begin` and `commit` on a session that it has for itself. Whatever happens, the session is out
 * of the transaction, or destroyed, when this is settled.
 */
export async function runTransaction<T>(
  session: Session,
  work: (transaction: Queryable) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  let last: Pending | undefined;
  const send: Send = (statement, values, within) =>
    new Promise((resolve, reject) => {
      const sending = { statement, values, signal: within, exclusive: false, repeatable: false };
      last = new Pending(sending, performance.now(), resolve, reject);
      if (!last.settleIfAborted()) session.send(last);
    });
  let open = true;
  const query: Queryable["query"] = async (statement, values, within = signal) => {
    if (!open) throw new Error("A statement was sent after its transaction was over.");
    return await send(statement, values, within);
  };
  try {
    // Written together with the first statement; where it fails, what follows is not wanted.
    const begun = send({ text: "begin" }, []);
    begun.catch(() => undefined);
    const result = await untilAborted(work({ query }), signal);
    await begun;
    open = false;
    await send({ text: "commit" }, []);
    // So Postgres answers, without an error, when a statement failed before.
    if (last?.command === "ROLLBACK")
      throw new Error("A statement of the transaction failed, so it was rolled back.");
    return result;
  } catch (error) {
    open = false;
    await send({ text: "rollback" }, []).catch(() => session.destroy());
    throw error;
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
