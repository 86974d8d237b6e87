import { createHash } from "node:crypto";
import { bridgeLimits } from "../../config/bridge.ts";
import type { Answer, CallRun, Calls } from "../call.ts";
import type { Caller } from "../caller.ts";
import { type Database, isDatabaseError, type Queryable, type Transactional } from "../database/database.ts";
import { CallError } from "../error.ts";
import { assertAccess } from "../logic/access.ts";
import { OpenTransactions } from "../logic/open-transactions.ts";
import { telling } from "../logic/raised.ts";
import { logicFailure } from "../logic/statement-failure.ts";
import type { SettledManifest } from "../server-settings.ts";
import { answerTo } from "../sql/failure.ts";
import type { TableCalls } from "../table/table-calls.ts";
import { type KeptAnswer, keepAnswer, keptAnswer, takeId } from "./kept-answers.ts";
import { keepWrite, repeatWrite, type TableWrite } from "./repeated-write.ts";

/** What calls with keys are made with; `calls` makes each of them. */
export type KeyedCallsInput = {
  readonly manifest: SettledManifest;
  readonly tables: TableCalls;
  readonly databases: ReadonlyMap<string, Database>;
  readonly calls: Calls;
};

/** A call that writes: where it does, and what stands before it. */
type Writing = {
  readonly connection: string;
  /** The write to a table; undefined where it is logic. */
  readonly write: TableWrite | undefined;
  /** Throws what the call itself throws before it asks the database. */
  authorize(params: unknown, caller: Caller): Promise<void>;
};

/**
 * Calls of which each key is done once: a second call with it gets the answer of the first. The key is inserted in the
 * transaction of the write, so that both are there or neither is. Calls that only read ignore their key.
 *
 * @throws {CallError} beside what the call throws: `unauthenticated` without a token; `conflict` where another body had
 *   the key, or the first call is not done in time; `key_refused`; `keys_unavailable`.
 */
export function keyedCalls(
  input: KeyedCallsInput,
): (key: string, ...call: Parameters<Calls["call"]>) => Promise<Answer> {
  const { manifest, databases, calls } = input;
  return async (key, path, params, caller, run) => {
    const writing = writingOf(path, input);
    const database = writing && databases.get(writing.connection);
    if (writing === undefined || database === undefined) return calls.call(path, params, caller, run);
    await writing.authorize(params, caller);
    const { connection, write } = writing;
    const id = digest([connection, ...identityOf(caller), key]);
    const seen = { request: digest([path, params ?? null]), rights: rightsOf(caller) };
    const dataOf = async (...call: Parameters<Calls["call"]>) => (await calls.call(...call)).data;
    const made = OpenTransactions.keyed(
      { call: run.signal, connection, database },
      write !== undefined,
      async (transaction) => {
        const waitMs = waitOf(run, manifest.connections[connection]?.statementTimeoutMs ?? 0);
        if (await take(transaction, id, seen, waitMs)) {
          const answer = await dataOf(path, params, caller, run);
          await keepAnswer(transaction, id, bounded(write === undefined ? answer : keepWrite(answer, write)));
          return answer;
        }
        const kept = await keptAnswer(transaction, id);
        if (kept === undefined) throw running();
        if (kept.request !== seen.request) throw anotherBody();
        if (write !== undefined)
          return repeatWrite(kept.answer, write, params, (select, read) => dataOf(select, read, caller, run));
        if (kept.rights !== seen.rights) throw otherRights();
        return kept.answer;
      },
    );
    // What was put off until the commit is refused there, outside of the call.
    const refused = (error: unknown): never => {
      throw write === undefined ? logicFailure(error) : answerTo(error, () => undefined);
    };
    const data = await telling(manifest.connections[connection]?.raises, () => made.catch(refused));
    return { data, more: false };
  };
}

function writingOf(path: string, { manifest, tables }: KeyedCallsInput): Writing | undefined {
  const logic = Object.hasOwn(manifest.logic, path) ? manifest.logic[path] : undefined;
  if (logic !== undefined) {
    // Only what reads may be cached, and of what is read only Postgres refuses the writes.
    if (logic.kind === "sql" && (logic.cacheMs !== undefined || logic.readOnly === true)) return undefined;
    const authorize = async (_: unknown, caller: Caller) => assertAccess(logic.access, caller, false);
    return { connection: logic.connection, write: undefined, authorize };
  }
  const table = tables.lookup(path);
  if (table === undefined || path.endsWith("/select")) return undefined;
  const { connection, handle } = table;
  const name = path.split("/")[2] ?? "";
  const primaryKey = manifest.schema[connection]?.tables[name]?.primaryKey?.columns ?? [];
  return {
    connection,
    write: { path, primaryKey },
    async authorize(params, caller) {
      await handle(params, caller, { database: unasked, limits: manifest.server.limits }).catch(
        (error: unknown) => {
          if (error !== reached) throw error;
        },
      );
    },
  };
}

/** Thrown instead of asking the database: all that a call checks before is passed. */
const reached = new Error("The call would ask the database.");
const unasked: Transactional = {
  query: () => Promise.reject(reached),
  transaction: () => Promise.reject(reached),
};

async function take(
  transaction: Queryable,
  id: string,
  seen: Omit<KeptAnswer, "answer">,
  waitMs: number,
): Promise<boolean> {
  try {
    return await takeId(transaction, id, seen, waitMs);
  } catch (error) {
    if (!isDatabaseError(error)) throw error;
    if (error.code === "55P03" || error.code === "57014") throw running(error);
    if (["3F000", "42P01", "42501"].includes(error.code)) throw unavailable(error);
    throw error;
  }
}

/** Ends before the call's time and before the statement's, so that `conflict` is answered and not `timeout`. */
const waitOf = ({ deadline }: CallRun, statementTimeoutMs: number): number =>
  Math.max(1, Math.floor(Math.min(deadline - performance.now(), statementTimeoutMs) * 0.9));

/** Issuer and subject: RFC 7519, 4.1.1 and 4.1.2. */
function identityOf({ authenticated, id, claims }: Caller): readonly [string, string] {
  if (!authenticated || id === undefined)
    throw new CallError("unauthenticated", "A call with a key needs a token that names its subject.");
  return [typeof claims.iss === "string" ? claims.iss : "", id];
}

/** What differs between two tokens of one caller: RFC 7519, 4.1; OpenID Connect Core, 2 and 3.3.2.11; its session. */
const ofToken: ReadonlySet<string> = new Set([
  ...["iss", "sub", "aud", "exp", "nbf", "iat", "jti"],
  ...["auth_time", "nonce", "at_hash", "c_hash", "sid"],
]);

const rightsOf = ({ roles, claims }: Caller): string =>
  digest([
    roles,
    Object.entries(claims)
      .filter(([name]) => !ofToken.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);

const digest = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");

function bounded(answer: string): string {
  const { keptBytes } = bridgeLimits.idempotency;
  if (Buffer.byteLength(answer) <= keptBytes) return answer;
  throw new CallError("key_refused", `The answer of a call with a key is larger than ${keptBytes} bytes.`, {
    details: { reason: "answer_too_large" },
  });
}

const running = (cause?: unknown) =>
  new CallError("conflict", "A call with this key is not done yet. Try again with the same key.", {
    details: { key: "running" },
    cause,
  });
const anotherBody = () =>
  new CallError("conflict", "Another call was made with this key.", { details: { key: "another_call" } });
const otherRights = () =>
  new CallError(
    "conflict",
    "The call with this key was made, with other roles or claims than the token has now. Its answer is not given again.",
    { details: { key: "other_rights" } },
  );
const unavailable = (cause: unknown) =>
  new CallError(
    "keys_unavailable",
    "Calls with keys cannot be made here: their table is missing, or not permitted.",
    {
      cause,
    },
  );
