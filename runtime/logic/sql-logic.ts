import type { Binding, SqlLogic, Statement } from "../../schema/manifest.ts";
import type { CallHandler } from "../call.ts";
import type { Queryable, Rows, SqlStatement, Transactional } from "../database/database.ts";
import { isPlainRead } from "../database/read.ts";
import { CallError } from "../error.ts";
import { asDeclared, declaredIntegers } from "../sql/declared-integers.ts";
import { writeJson } from "../sql/json-text.ts";
import { statementName } from "../sql/statement-name.ts";
import { type OwnTypeNames, sqlType } from "../sql/type.ts";
import { type CheckedCaller, type Claim, claimValue } from "../table/claim.ts";
import { type ClaimChecks, uncertainClaims } from "../table/claim-check.ts";
import { isObject } from "../table/params.ts";
import { assertAccess } from "./access.ts";
import type { AnswerCache } from "./answer-cache.ts";
import { OpenTransactions } from "./open-transactions.ts";
import { type Arguments, compileParams } from "./params.ts";
import { logicFailure, statementFailure } from "./statement-failure.ts";

/** What SQL logic is compiled with. */
export type SqlLogicInput = {
  readonly path: string;
  readonly logic: SqlLogic;
  readonly types: OwnTypeNames;
  readonly database: Transactional;
  readonly cache: AnswerCache;
  /** What is known of claims as values of the connection's types. */
  readonly claimChecks: ClaimChecks;
  /** The most rows that an answer may have. */
  readonly rows: number;
  /** The most bytes that the rows of a statement may have. */
  readonly answerBytes: number;
};

/** A statement of the manifest, and what is sent of it. */
type Prepared = { readonly declared: Statement; readonly sent: SqlStatement };

/** One call: what was sent to it, and its signal. */
type Run = { readonly params: unknown; readonly signal: AbortSignal };

type Bind = (given: Arguments, caller: CheckedCaller) => string | null;

/** Compiles SQL logic: params to bound values, statements in one transaction, the last one's rows to the answer. */
export function compileSqlLogic({
  path,
  logic,
  types,
  database,
  cache,
  claimChecks,
  rows: limit,
  answerBytes: maxBytes,
}: SqlLogicInput): CallHandler {
  const read = compileParams(logic.params, types);
  const statements = logic.statements.map(
    (declared): Prepared => ({
      declared,
      sent: {
        name: statementName(declared.sql),
        text: declared.sql,
        ofLogic: true,
        maxBytes,
      },
    }),
  );
  const claims: Claim[] = [];
  const binds = logic.statements.map((statement) => compileBindings(statement, types, claims));
  const uncertain = uncertainClaims(claims);
  const about = statements[0]?.sent.text ?? "";
  const composed = { repeatable: true, readOnly: logic.readOnly === true, about };
  const give = compileResult(logic, limit);
  const { cacheMs, connection } = logic;

  const send = async (
    queryable: Queryable,
    { declared: statement, sent }: Prepared,
    values: readonly (string | null)[],
    { params, signal }: Run,
  ): Promise<Rows> => {
    try {
      return await queryable.query(sent, values, signal);
    } catch (error) {
      const given = isObject(params) ? params : {};
      const isSent = (name: string): boolean => Object.hasOwn(given, name) && given[name] !== undefined;
      throw statementFailure(error, path, { statement, values, isSent }, logic.readOnly);
    }
  };

  const run = async (
    database: Transactional,
    values: readonly (string | null)[][],
    call: Run,
  ): Promise<string> => {
    try {
      const [only] = statements;
      if (statements.length === 1 && only !== undefined && logic.readOnly !== true)
        return give(await send(database, only, values[0] ?? [], call));
      const runAll = async (transaction: Queryable): Promise<string> => {
        let last: Rows = { rows: [], count: 0 };
        for (const [index, one] of statements.entries())
          last = await send(transaction, one, values[index] ?? [], call);
        return give(last);
      };
      return await database.transaction(runAll, call.signal, composed);
    } catch (error) {
      throw logicFailure(error);
    }
  };

  return async (params, caller, { signal, depth, sent }) => {
    assertAccess(logic.access, caller, depth > 0);
    const given = read(params, sent);
    const open = OpenTransactions.of(signal);
    const joined = open?.database(connection) ?? database;
    const checked =
      uncertain.length === 0
        ? caller
        : await claimChecks.check(uncertain, caller, { connection, database: joined, signal });
    const values = binds.map((statement) => statement.map((bind) => bind(given, checked)));
    // Inside of a transaction an answer may hold what nobody else sees, and must not be older than its writes.
    const data =
      open !== undefined || cacheMs === undefined
        ? await run(joined, values, { params, signal })
        : await cache.get(path, values, cacheMs, () => run(database, values, { params, signal }));
    return { data, more: false };
  };
}

/** @param claims takes those that the statement binds. */
const compileBindings = ({ bindings, types }: Statement, own: OwnTypeNames, claims: Claim[]): Bind[] =>
  bindings.map((binding, index) => {
    if (binding.from === "param") return (given) => given.get(binding.name)?.text ?? null;
    const claim = claimOf(binding, types[index] ?? "text", own);
    claims.push(claim);
    return (_, caller) => claimValue(claim, caller);
  });

function claimOf({ from, name }: Binding, typeName: string, own: OwnTypeNames): Claim {
  const type = sqlType(typeName, own);
  const reference = from === "user" ? `$user.${name}` : `$claims.${name}`;
  // A parameter is of the domain itself, whose constraints Postgres holds it to.
  return { reference, type: own.domains.has(typeName) ? { ...type, cast: typeName, loose: true } : type };
}

function compileResult({ returns, statements }: SqlLogic, limit: number): (result: Rows) => string {
  const result = statements.at(-1)?.result ?? [];
  const column = result[0]?.name;
  // One statement that writes is committed with its answer; several are rolled back where it is refused.
  const isMade = statements.length === 1 && !statements.every(({ sql }) => isPlainRead(sql));
  const integers = declaredIntegers(result.map(({ name, type }) => [name, type]));
  return ({ rows }) => {
    asDeclared(rows, integers);
    if (returns === "none") return "null";
    if (returns === "row") return writeJson(rows[0] ?? null);
    if (returns === "value") return writeJson((column === undefined ? undefined : rows[0]?.[column]) ?? null);
    if (rows.length > limit)
      throw new CallError(
        "logic_failed",
        `${isMade ? "The call was made, but its" : "The"} answer has more than ${limit} rows.`,
        {
          details: { rows: limit },
        },
      );
    return writeJson(rows);
  };
}
