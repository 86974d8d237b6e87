import { AsyncLocalStorage } from "node:async_hooks";
import { bridgeLimits } from "../../config/bridge.ts";
import type { ModuleLogic } from "../../schema/manifest.ts";
import { StkError } from "../../src/core/error.ts";
import { answerJson, exactJson, parseExact } from "../../src/core/exact-json.ts";
import type { Answer, CallHandler, CallRun, Calls } from "../call.ts";
import type { Caller } from "../caller.ts";
import type { Database, Queryable } from "../database/database.ts";
import { CallError } from "../error.ts";
import type { Log } from "../log.ts";
import { runLogic } from "../logic-scope.ts";
import { isExact, readAs } from "../sql/fits.ts";
import { programValue } from "../sql/json-text.ts";
import { isDomain, isJson, isModified, type OwnTypeNames } from "../sql/type.ts";
import { invalid } from "../table/params.ts";
import { assertAccess } from "./access.ts";
import type { Connection, Context, LogLine } from "./context.ts";
import type { ModuleHandler } from "./module-file.ts";
import { type CallConnection, OpenTransactions } from "./open-transactions.ts";
import { ownError } from "./own-error.ts";
import { type Arguments, argumentValue, compileParams } from "./params.ts";
import type { SourceLocations } from "./source-map.ts";
import { type SqlPlace, sqlTag } from "./sql-tag.ts";
import { logicFailure } from "./statement-failure.ts";

/** What a module is run with. */
export type ModuleLogicInput = {
  readonly path: string;
  readonly logic: ModuleLogic;
  readonly handler: ModuleHandler;
  readonly types: OwnTypeNames;
  readonly databases: ReadonlyMap<string, Database>;
  /** The variables that the module declares, and no others. */
  readonly env: Readonly<Record<string, string>>;
  /** Where `context.call` goes. */
  readonly calls: Calls;
  readonly log: Log;
  readonly sources: SourceLocations;
};

const limits = bridgeLimits.logic;

/** Compiles module logic. What the module returns is the answer; what it throws, but `fail`, is `internal`. */
export function compileModuleLogic(input: ModuleLogicInput): CallHandler {
  const { logic, handler, types, path, sources } = input;
  const read = compileParams(logic.params, types);
  return async (params, caller, run) => {
    assertAccess(logic.access, caller, run.depth > 0);
    if (run.depth >= limits.depth)
      throw new Error(`Logic called logic ${limits.depth} times in a row; ${path} is the last.`);
    const sent = read(params, run.sent);
    const given = await valuesOf(sent, input, run);
    const scope = { path, requestId: run.requestId, sources };
    try {
      return await runLogic(scope, async () => asAnswer(await handler(given, contextOf(input, caller, run))));
    } catch (error) {
      throw logicFailure(ownError(error));
    }
  };
}

/** Arguments as a program reads them. Postgres reads those that only it can: a range, an interval, a domain, `now`. */
async function valuesOf(
  given: Arguments,
  { logic: { connection }, databases }: ModuleLogicInput,
  { signal }: CallRun,
): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const [name, argument] of given) {
    const { type, text } = argument;
    const database = OpenTransactions.of(signal)?.database(connection) ?? databases.get(connection);
    if (
      text === null ||
      database === undefined ||
      (isExact(type) && !isDomain(type) && !isModified(type) && argument.unread !== true)
    ) {
      values[name] = argumentValue(argument);
      continue;
    }
    const cast = isDomain(type) ? type.name : isModified(type) ? `${type.cast}::${type.name}` : type.cast;
    const read = await readAs(cast, text, { database, signal });
    if (read === undefined) throw invalid(name, `is not a value of ${type.name}`);
    values[name] = isJson(type) ? argumentValue(argument) : programValue(read.value);
  }
  return values;
}

function contextOf(
  { path, logic, databases, env, calls, log }: ModuleLogicInput,
  caller: Caller,
  run: CallRun,
): Context {
  const { signal, requestId, depth } = run;
  const connection = (name: string): Connection => {
    const database = databases.get(name);
    if (database === undefined)
      throw new StkError("unknown_connection", `There is no connection \`${name}\`.`);
    return connectionOf({ call: signal, connection: name, database });
  };
  const line =
    (level: "debug" | "info" | "warn" | "error"): LogLine =>
    (message, fields) =>
      log[level]({ ...ownFields(fields), requestId, path }, message);
  let own: AbortSignal | undefined;
  return {
    ...connection(logic.connection),
    user: { id: caller.id, roles: caller.roles },
    claims: caller.claims,
    env,
    get signal() {
      own ??= ownSignal(signal);
      return own;
    },
    requestId,
    log: { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") },
    connection,
    async call(other, params) {
      const own = params === undefined ? undefined : parseExact(exactJson(params) ?? "null", "digits");
      const make = () => calls.call(other, own, caller, { ...run, depth: depth + 1 });
      const open = OpenTransactions.of(signal);
      return answerOf(await (open === undefined ? make() : open.savepoint(make)));
    },
    fail(code, message, details) {
      throw new CallError("logic_failed", message, { details: { ...details, code } });
    },
  };
}

/** A line has some members by itself; a second one of the same name would be read in its place. */
const ownMembers: ReadonlySet<string> = new Set(["level", "time", "msg", "release", "bundle", "replica"]);

const ownFields = (fields: object | undefined): object =>
  Object.fromEntries(Object.entries(fields ?? {}).filter(([name]) => !ownMembers.has(name)));

/** What its listeners throw is the call's own, whoever aborts it; nor can a module abort what is the Bridge's. */
function ownSignal(signal: AbortSignal): AbortSignal {
  if (signal.aborted) return AbortSignal.abort(signal.reason);
  const own = new AbortController();
  signal.addEventListener(
    "abort",
    AsyncLocalStorage.bind(() => own.abort(signal.reason)),
    { once: true },
  );
  return own.signal;
}

/** A connection whose statements join the transaction that is open where they are sent. */
function connectionOf(one: CallConnection): Connection {
  const { call, connection, database } = one;
  const joined = () => OpenTransactions.of(call)?.queryable(connection);
  const query: Queryable["query"] = (...statement) => (joined() ?? database).query(...statement);
  const together: SqlPlace["together"] = (work) => {
    const open = joined();
    return open === undefined ? database.transaction(work, call) : work(open);
  };
  return {
    sql: sqlTag({ query, connection, together }, call),
    transaction: (work) =>
      OpenTransactions.transaction(one, async (open) =>
        work({ sql: sqlTag({ ...open, connection, together: (some) => some(open) }, call) }),
      ),
  };
}

/** The caller says what the answer is; the compiler cannot know better. */
function answerOf<T>(answer: Answer): T;
function answerOf({ data, more }: Answer): unknown {
  const result = parseExact(data, "value");
  return more && Array.isArray(result) ? Object.defineProperty(result, "more", { value: true }) : result;
}

/** Rows of a select that has more go on to the client with that sign. */
const asAnswer = (result: unknown): Answer => ({
  data: answerJson(result) ?? "null",
  more: Array.isArray(result) && Reflect.get(result, "more") === true,
});
