import type { Caller } from "../../../runtime/caller.ts";
import type { TablePermissions } from "../../../schema/manifest.ts";
import type { Predicate } from "../../../schema/predicate.ts";

/*
 * What the permissions mean, in plain JavaScript over rows in memory: an evaluator of three-valued logic, written
 * without a look at the SQL.
 */

export type Value = number | string | null;
export type Row = Record<string, Value>;
export type Data = { t: Row[]; m: Row[] };
type Truth = boolean | null;

const not = (truth: Truth): Truth => (truth === null ? null : !truth);
const every = (truths: Truth[]): Truth =>
  truths.includes(false) ? false : truths.includes(null) ? null : true;
const some = (truths: Truth[]): Truth =>
  truths.includes(true) ? true : truths.includes(null) ? null : false;

/** How a condition is judged: `cell` gives a column of the row, `resolve` the value of what a rule writes. */
type Judge = {
  /** undefined where the cell is hidden. */
  cell(column: string): Value | undefined;
  resolve(value: unknown): Value | Value[];
  exists(table: string, where: Predicate, negated: boolean): Truth;
};

export function judge(predicate: Predicate, by: Judge, negated = false): Truth {
  return every(
    Object.entries(predicate).map(([key, value]): Truth => {
      if (key === "and") return every((predicate.and ?? []).map((inner) => judge(inner, by, negated)));
      if (key === "or") return some((predicate.or ?? []).map((inner) => judge(inner, by, negated)));
      if (key === "not") return not(judge(predicate.not ?? {}, by, true));
      if (key === "exists" && predicate.exists !== undefined)
        return by.exists(predicate.exists.table, predicate.exists.where, negated);
      const comparison: Record<string, unknown> =
        typeof value === "object" && value !== null ? { ...value } : { eq: value };
      return every(
        Object.entries(comparison).map(([operator, right]) => compare(by.cell(key), operator, right, by)),
      );
    }),
  );
}

function compare(left: Value | undefined, operator: string, right: unknown, by: Judge): Truth {
  // A list of nothing holds no value, whatever it is.
  if (left === undefined)
    return operator === "in" && Array.isArray(right) && right.length === 0 ? false : null;
  if (operator === "isNull") return (left === null) === right;
  if (operator === "in") {
    const list = Array.isArray(right) ? right.map((item) => by.resolve(item)) : by.resolve(right);
    if (!Array.isArray(list)) return null;
    return some(list.map((item) => (Array.isArray(item) ? null : test(left, "eq", item))));
  }
  const value = by.resolve(right);
  return Array.isArray(value) ? null : test(left, operator, value);
}

function test(left: Value, operator: string, right: Value): Truth {
  if (left === null || right === null) return null;
  switch (operator) {
    case "eq":
      return left === right;
    case "ne":
      return left !== right;
    case "gt":
      return left > right;
    case "gte":
      return left >= right;
    case "lt":
      return left < right;
    case "lte":
      return left <= right;
    default:
      return new RegExp(
        `^${String(right).replaceAll("%", ".*").replaceAll("_", ".")}$`,
        operator === "ilike" ? "i" : "",
      ).test(String(left));
  }
}

/** A claim that is an integer or a list of them, null where it is neither. */
function claim(reference: string, caller: Caller): Value | Value[] {
  const raw = reference === "$user.id" ? caller.id : caller.claims[reference.slice("$claims.".length)];
  if (Array.isArray(raw)) return raw.length > 0 && raw.every(isInteger) ? raw.map(Number) : null;
  return isInteger(raw) ? Number(raw) : null;
}

const isInteger = (value: unknown): boolean =>
  Number.isInteger(value) || (typeof value === "string" && /^-?\d+$/.test(value));

/** A rule's condition on a row. */
export function matches(where: Predicate | undefined, row: Row, caller: Caller, data: Data): Truth {
  const judgeRow = (current: Row): Judge => ({
    cell: (column) => current[column] ?? null,
    resolve: (value) => {
      if (typeof value !== "string" || !value.startsWith("$")) return value as Value;
      return value.startsWith("$row.") ? (row[value.slice("$row.".length)] ?? null) : claim(value, caller);
    },
    exists: (table, inner, negated) => {
      const claims = JSON.stringify(inner).match(/\$(?:user|claims)\.\w+/g) ?? [];
      const isList = (reference: string): boolean => JSON.stringify(inner).includes(`"in":"${reference}"`);
      const missing = claims.some(
        (reference) =>
          Array.isArray(claim(reference, caller)) !== isList(reference) || claim(reference, caller) === null,
      );
      if (negated && missing) return null;
      return data[table === "m" ? "m" : "t"].some((other) => judge(inner, judgeRow(other)) === true);
    },
  });
  return judge(where ?? {}, judgeRow(row));
}

/** The cells of a row that a caller may see; undefined where the row is hidden. */
function shownCells(row: Row, rules: TablePermissions, caller: Caller, data: Data): Row | undefined {
  const own = caller.roles.flatMap((role) => rules.select?.[role] ?? []);
  const matching = own.filter((rule) => matches(rule.where, row, caller, data) === true);
  if (matching.length === 0) return undefined;
  const columns = matching.flatMap((rule) => rule.columns);
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
}

/** What a caller is given of a row: undefined where it is hidden, else each column that is his somewhere. */
export function seen(row: Row, rules: TablePermissions, caller: Caller, data: Data): Row | undefined {
  const shown = shownCells(row, rules, caller, data);
  return (
    shown && Object.fromEntries(readable(rules, caller).map((column) => [column, shown[column] ?? null]))
  );
}

/** The columns that some role of the caller's may read in some rows. */
export const readable = (rules: TablePermissions, caller: Caller): string[] => [
  ...new Set(caller.roles.flatMap((role) => rules.select?.[role]?.columns ?? [])),
];

/** Whether a row meets the caller's own condition; a cell that is hidden from him meets nothing, under `not` too. */
export function filtered(
  where: Predicate | undefined,
  row: Row,
  rules: TablePermissions,
  caller: Caller,
  data: Data,
): boolean {
  const shown = shownCells(row, rules, caller, data);
  return (
    judge(where ?? {}, {
      cell: (column) => shown?.[column],
      resolve: (value) => value as Value | Value[],
      exists: () => null,
    }) === true
  );
}

/** Sorts as Postgres does: NULL last when ascending, first when descending, unless said otherwise. */
export function sorted(rows: Row[], keys: { column: string; direction?: string; nulls?: string }[]): Row[] {
  return rows.toSorted((a, b) => {
    for (const { column, direction = "asc", nulls = direction === "asc" ? "last" : "first" } of keys) {
      const [x = null, y = null] = [a[column], b[column]];
      if (x === y) continue;
      if (x === null || y === null) return (x === null) === (nulls === "first") ? -1 : 1;
      return x < y === (direction === "asc") ? -1 : 1;
    }
    return 0;
  });
}
