import type { Logic } from "../schema/manifest.ts";
import { StkError } from "../src/core/error.ts";
import type { Answer, CallHandler, Calls } from "./call.ts";
import type { Database } from "./database/database.ts";
import { isPlainRead } from "./database/read.ts";
import { keyedCalls } from "./idempotency/keyed-calls.ts";
import { type Log, redacting } from "./log.ts";
import { unknownCall } from "./logic/access.ts";
import { AnswerCache } from "./logic/answer-cache.ts";
import { loadModule } from "./logic/module-file.ts";
import { compileModuleLogic } from "./logic/module-logic.ts";
import { OpenTransactions } from "./logic/open-transactions.ts";
import { telling } from "./logic/raised.ts";
import type { SourceLocations } from "./logic/source-map.ts";
import { compileSqlLogic } from "./logic/sql-logic.ts";
import { runLogic } from "./logic-scope.ts";
import type { Readiness } from "./readiness.ts";
import type { SettledManifest } from "./server-settings.ts";
import { writeJson } from "./sql/json-text.ts";
import { ownTypeNames } from "./sql/type.ts";
import { ClaimChecks } from "./table/claim-check.ts";
import { compileTables } from "./table/table-calls.ts";

/** What a project's calls are compiled with. */
export type CallsInput = {
  readonly manifest: SettledManifest;
  /** The directory that the manifest's modules are in. */
  readonly modulesRoot: string;
  readonly databases: ReadonlyMap<string, Database>;
  readonly readiness: Pick<Readiness, "guard">;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly sources: SourceLocations;
};

/**
 * Compiles all calls of a manifest, once; a call then costs a look-up.
 *
 * @throws {StkError} `invalid_manifest`, `invalid_module`.
 */
export async function compileCalls(input: CallsInput): Promise<Calls> {
  const { manifest, databases, readiness } = input;
  const { limits } = manifest.server;
  const claimChecks = new ClaimChecks();
  const tables = compileTables(manifest, claimChecks);
  const logic = new Map<string, CallHandler>();
  const reading = new Set(
    Object.entries(manifest.logic).flatMap(([path, declared]) =>
      declared.kind === "sql" && declared.statements.every(({ sql }) => isPlainRead(sql)) ? [path] : [],
    ),
  );
  const calls: Calls = {
    async call(path, params, caller, run) {
      const custom = logic.get(path);
      if (custom !== undefined) return custom(params, caller, run);
      const table = tables.lookup(path);
      if (table === undefined) throw unknownCall();
      const { connection, handle } = table;
      const database =
        OpenTransactions.of(run.signal)?.database(connection) ?? databaseOf(databases, connection);
      const make = async (): Promise<Answer> => {
        const rows = await handle(params, caller, { database, limits, signal: run.signal, sent: run.sent });
        return { data: writeJson(rows), more: Array.isArray(rows) && "more" in rows };
      };
      const { raises } = manifest.connections[connection] ?? {};
      return telling(raises, () => readiness.guard(path, connection, make));
    },
    reads: (path) => (logic.has(path) ? reading.has(path) : path.endsWith("/select")),
  };
  const shared = { cache: new AnswerCache(), claimChecks };
  await Promise.all(
    Object.entries(manifest.logic).map(async ([path, declared]) => {
      const made = await compileLogic(path, declared, input, calls, shared);
      const { connection } = declared;
      const raises = manifest.connections[connection]?.raises;
      logic.set(path, (...call) =>
        telling(raises, () => readiness.guard(path, connection, () => made(...call))),
      );
    }),
  );
  const withKey = keyedCalls({ manifest, tables, databases, calls });
  return {
    ...calls,
    call: (path, params, caller, run) =>
      run.key === undefined
        ? calls.call(path, params, caller, run)
        : withKey(run.key, path, params, caller, run),
  };
}

async function compileLogic(
  path: string,
  logic: Logic,
  { manifest, modulesRoot, databases, environment, log, sources }: CallsInput,
  calls: Calls,
  shared: { readonly cache: AnswerCache; readonly claimChecks: ClaimChecks },
): Promise<CallHandler> {
  const types = ownTypeNames(manifest.schema[logic.connection]);
  const database = databaseOf(databases, logic.connection);
  if (logic.kind === "sql")
    return compileSqlLogic({ path, logic, types, database, ...shared, ...manifest.server.limits });
  const handler = await runLogic({ path: logic.file, sources }, () => loadModule(modulesRoot, logic.file));
  const env = Object.freeze(Object.fromEntries(logic.env.map((name) => [name, environment[name] ?? ""])));
  const said = redacting(log);
  return compileModuleLogic({ path, logic, handler, types, databases, env, calls, log: said, sources });
}

function databaseOf(databases: ReadonlyMap<string, Database>, name: string): Database {
  const database = databases.get(name);
  if (database !== undefined) return database;
  throw new StkError(
    "invalid_manifest",
    `The manifest has no connection \`${name}\`, but a call that needs it.`,
    {
      hint: "Bundle the project again.",
    },
  );
}
