import type { DeleteRule, InsertRule, UpdateRule } from "../../schema/manifest.ts";
import { reference } from "../../schema/predicate.ts";
import type { Caller } from "../caller.ts";
import { CallError } from "../error.ts";
import { exceeds } from "../sql/exceeds.ts";
import { isDomain, isJson, type SqlType } from "../sql/type.ts";
import { type Claim, claimValue } from "./claim.ts";
import { dependsOn, looksAt, type Operand } from "./condition.ts";
import type { Parameters } from "./parameters.ts";
import { forbiddenColumn } from "./params.ts";
import { columnOf, literal, type RuleCondition, readRule } from "./rule.ts";
import type { Column, Table, Tables } from "./table.ts";

/** A value that the server writes. `sql` is an expression whose value is known only once it was written. */
export type SetValue = Exclude<Operand, { kind: "row" }> | { readonly kind: "sql"; readonly sql: string };

/** A rule to insert or update with its names resolved. */
export type WriteRule = {
  /** What the caller may give. */
  readonly columns: ReadonlySet<string>;
  readonly set: readonly { readonly column: Column; readonly value: SetValue }[];
  /** Equal where `set` is. */
  readonly setKey: string;
  /** The rows that may be updated; undefined is all. */
  readonly where: RuleCondition | undefined;
  /** What the written row must meet; undefined is nothing. */
  readonly check: RuleCondition | undefined;
};

/** @throws {StkError} `invalid_manifest` for a name or a value that does not fit the schema. */
export const readInsertRule = (rule: InsertRule, table: Table, tables: Tables): WriteRule =>
  readWriteRule({ ...rule, where: undefined }, table, tables);

/** Like {@link readInsertRule}; without a `check` of its own the row must stay one that the rule covers. */
export const readUpdateRule = (rule: UpdateRule, table: Table, tables: Tables): WriteRule =>
  readWriteRule({ ...rule, where: rule.where, check: rule.check ?? rule.where }, table, tables);

/** The rows that may be deleted; undefined is all. */
export type RemoveRule = { readonly where: RuleCondition | undefined };

/** @throws {StkError} `invalid_manifest` for a name or a value that does not fit the schema. */
export const readDeleteRule = ({ where }: DeleteRule, table: Table, tables: Tables): RemoveRule => ({
  where: where && readRule(where, table, tables),
});

type AnyRule = Omit<UpdateRule, "where"> & { where: UpdateRule["where"] | undefined };

function readWriteRule({ columns, set, where, check }: AnyRule, table: Table, tables: Tables): WriteRule {
  const own = new Set(Object.keys(set));
  return {
    columns: new Set(columns.filter((name) => !own.has(name)).map((name) => columnOf(table, name).name)),
    set: Object.entries(set).map(([name, value]) => {
      const column = columnOf(table, name);
      return { column, value: readSetValue(value, column) };
    }),
    setKey: JSON.stringify(set),
    where: where && readRule(where, table, tables),
    check: check && readRule(check, table, tables),
  };
}

function readSetValue(value: InsertRule["set"][string], column: Column): SetValue {
  if (typeof value === "object" && value !== null)
    return { kind: "sql", sql: `(${value.sql}${endOfComment(value.sql)})` };
  if (typeof value === "string" && reference.test(value) && !value.startsWith("$row."))
    return { kind: "claim", claim: claimOf(value, column.type) };
  return literal(value, column.type);
}

function claimOf(reference: string, type: SqlType): Claim {
  const isList = type.element !== undefined || isJson(type);
  return { reference, type: columnType(type), ...(isList && { keepsLists: true }) };
}

/** The type by its whole name: a domain has constraints, and a type of an extension may have a modifier. */
function columnType(type: SqlType): SqlType {
  if (isJson(type)) return type; // JSON is known by its cast
  if (isDomain(type)) return { ...type, cast: type.name, loose: true };
  return type.loose && type.element === undefined ? { ...type, cast: type.name } : type;
}

const endOfComment = (sql: string): string => (sql.includes("--") ? "\n" : "");

/** A value that the server writes as SQL. */
export const printSetValue = (value: SetValue, parameters: Parameters): string =>
  value.kind === "sql" ? value.sql : parameters.operand(value);

/**
 * The rules that let the caller write all of these columns at once, most specific first: those with the fewest
 * columns, then those for some rows only, then those that set the most.
 *
 * @throws {CallError} `forbidden` where no single rule does, or each that does sets a claim that the caller lacks.
 */
export function usableRules(
  rules: readonly WriteRule[],
  names: readonly string[],
  path: string,
  caller: Caller,
): readonly WriteRule[] {
  const unknown = names.find((name) => !rules.some(({ columns }) => columns.has(name)));
  if (unknown !== undefined) throw forbiddenColumn(`${path}.${unknown}`);
  const covering = rules.filter(({ columns }) => names.every((name) => columns.has(name)));
  if (covering.length === 0)
    throw new CallError("forbidden", "None of your roles may write these columns together.");
  const usable = covering.filter((rule) => hasClaims(rule, caller));
  if (usable.length === 0) throw new CallError("forbidden", claimLacking);
  return usable;
}

/** Rules in the order in which they take a row of these columns: those that leave a required column empty are last. */
export const completeFirst = (
  rules: readonly WriteRule[],
  names: readonly string[],
  { required }: Table,
): readonly WriteRule[] => {
  const leavesOut = ({ set }: WriteRule): number =>
    Number(required.some((name) => !names.includes(name) && !set.some(({ column }) => column.name === name)));
  return rules.toSorted((a, b) => leavesOut(a) - leavesOut(b));
};

const claimLacking =
  "Your token does not hold a claim that the rule writes, in a form that its column takes.";

/** Sorts rules for {@link usableRules}; what is equal stays in the order of the roles' names. */
export const bySpecificity = (rules: readonly WriteRule[]): WriteRule[] =>
  rules.toSorted(
    (a, b) =>
      a.columns.size - b.columns.size ||
      Number(a.where === undefined) - Number(b.where === undefined) ||
      b.set.length - a.set.length,
  );

// Postgres would report a value that is too long for its column as if the caller had sent it.
const hasClaims = ({ set }: WriteRule, caller: Caller): boolean =>
  set.every(({ column, value }) => {
    if (value.kind !== "claim") return true;
    const text = claimValue(value.claim, caller);
    return text !== null && !exceeds(column.type, text);
  });

/**
 * The columns of an updated row that hold another value than before, or may: the caller's, the rule's own, and what
 * Postgres computes; with a trigger that may change the row, all.
 */
export const changedColumns = (
  { set }: WriteRule,
  table: Table,
  names: readonly string[],
): ReadonlySet<string> =>
  new Set(
    table.rewritten
      ? table.columns.keys()
      : [...names, ...set.map(({ column }) => column.name), ...generatedColumns(table)],
  );

/** The columns that Postgres computes from others. */
export const generatedColumns = ({ columns }: Table): string[] =>
  [...columns.values()].flatMap(({ name, generated }) => (generated === undefined ? [] : [name]));

/** Whether a row that a rule covers meets its check still when these columns of its table were written. */
export const keepsCheck = (rule: WriteRule, table: Table, names: readonly string[]): boolean =>
  rule.check === undefined ||
  (rule.check.key === rule.where?.key &&
    !looksAt(rule.check.condition, table) &&
    !dependsOn(rule.check.condition, changedColumns(rule, table, names)));
