import type { Manifest, TablePermissions } from "../../schema/manifest.ts";
import type { Operation } from "../../schema/permissions.ts";
import { StkError } from "../../src/core/error.ts";
import { type JsonPath, withSentJson } from "../sql/sent-json.ts";
import { holdsJson, isSentAt } from "../sql/type.ts";
import type { Claim } from "./claim.ts";
import { ClaimChecks, checkingClaims } from "./claim-check.ts";
import { operandsOf } from "./condition.ts";
import { deleteHandler } from "./delete.ts";
import { insertHandler } from "./insert.ts";
import type { TableHandler } from "./operation.ts";
import { readRuleOf } from "./readable.ts";
import { selectHandler } from "./select.ts";
import { PreparedNames, ShapeCache } from "./statements.ts";
import { type Table, type Tables, tablesOf } from "./table.ts";
import { updateHandler } from "./update.ts";
import {
  type RemoveRule,
  readDeleteRule,
  readInsertRule,
  readUpdateRule,
  type WriteRule,
} from "./write-rule.ts";

/** A call on a table, and the connection that its `database` is of. */
export type TableCall = { readonly connection: string; readonly handle: TableHandler };

/** The calls on tables that some role may make. */
export type TableCalls = {
  /** The call of `db/{connection}/{table}/{operation}`; undefined where no rule of any role is for it. */
  lookup(path: string): TableCall | undefined;
};

/**
 * Compiles the permissions of a manifest. What they do not give is not there.
 *
 * @throws {StkError} `invalid_manifest` for a rule that does not fit the schema.
 * @example
 * const call = compileTables(manifest).lookup("db/main/tasks/select");
 * await call?.handle({ where: { status: "open" } }, caller, { database, limits: manifest.server.limits });
 */
export function compileTables(
  manifest: Pick<Manifest, "schema" | "permissions">,
  checks = new ClaimChecks(),
): TableCalls {
  const shared = { names: new PreparedNames(), cache: new ShapeCache() };
  const calls = new Map<string, TableCall>();
  for (const [connection, permissions] of Object.entries(manifest.permissions)) {
    const schema = manifest.schema[connection];
    const tables = schema === undefined ? new Map<string, Table>() : tablesOf(schema);
    for (const [name, rules] of Object.entries(permissions)) {
      const table = tables.get(name);
      if (table === undefined)
        throw new StkError(
          "invalid_manifest",
          `The permissions name a table ${connection}/${name} that is not there.`,
        );
      for (const { operation, handle, claims } of handlersOf(table, tables, rules, shared)) {
        const checked = checkingClaims(handle, claims, checks, connection);
        calls.set(`db/${connection}/${name}/${operation}`, { connection, handle: checked });
      }
    }
  }
  return { lookup: (path) => calls.get(path) };
}

/** An operation's handler, and the claims that its rules name. */
type Handler = {
  readonly operation: Operation;
  readonly handle: TableHandler;
  readonly claims: readonly Claim[];
};

function* handlersOf(
  table: Table,
  tables: Tables,
  permissions: TablePermissions,
  { names, cache }: { names: PreparedNames; cache: ShapeCache },
): Generator<Handler> {
  const select = byRole(permissions.select, (rule) => readRuleOf(rule, table, tables));
  const insert = byRole(permissions.insert, (rule) => readInsertRule(rule, table, tables));
  const update = byRole(permissions.update, (rule) => readUpdateRule(rule, table, tables));
  const remove = byRole(permissions.delete, (rule) => readDeleteRule(rule, table, tables));
  const shared = { table, select, names, cache };
  const made = (operation: Operation, handle: TableHandler, rules: readonly AnyRule[]): Handler => ({
    operation,
    handle,
    claims: [...select.values(), ...rules].flatMap(claimsOf),
  });
  if (select.size > 0) yield made("select", selectHandler({ ...shared, rules: select }), []);
  if (insert.size > 0)
    yield made("insert", asSent(table, insertHandler({ ...shared, rules: insert })), [...insert.values()]);
  if (update.size > 0)
    yield made("update", asSent(table, updateHandler({ ...shared, rules: update })), [...update.values()]);
  if (remove.size > 0)
    yield made("delete", deleteHandler({ ...shared, rules: remove }), [...remove.values()]);
}

type AnyRule = RemoveRule & Partial<Pick<WriteRule, "check" | "set">>;

const claimsOf = ({ where, check, set = [] }: AnyRule): Claim[] =>
  [
    ...[where, check].flatMap((rule) => (rule === undefined ? [] : operandsOf(rule.condition))),
    ...set.map(({ value }) => value),
  ].flatMap((operand) => (operand.kind === "claim" ? [operand.claim] : []));

/** Writes `json` as it was sent: `values.COLUMN`, `values.0.COLUMN` or `set.COLUMN`. */
function asSent({ columns }: Table, handle: TableHandler): TableHandler {
  if (![...columns.values()].some(({ type }) => holdsJson(type))) return handle;
  const isWanted = ([member, ...path]: JsonPath): boolean => {
    const [name, ...rest] = member === "values" && typeof path[0] === "number" ? path.slice(1) : path;
    return (member === "values" || member === "set") && isSentAt(columns.get(String(name))?.type, rest);
  };
  return (params, caller, context) => handle(withSentJson(params, context.sent, isWanted), caller, context);
}

const byRole = <Rule, Read>(
  rules: Readonly<Record<string, Rule>> | undefined,
  read: (rule: Rule) => Read,
): Map<string, Read> => new Map(Object.entries(rules ?? {}).map(([role, rule]) => [role, read(rule)]));
