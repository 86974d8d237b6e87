import { quoteIdentifier as quote } from "../identifier.ts";
import type { Constraint, Index, Model } from "../model/model.ts";
import { rowsOf } from "./counted-rows.ts";
import { futureRows } from "./future-rows.ts";
import type { Probe } from "./probe-query.ts";

/** A constraint of a table, and what stands after `from` to read that table's rows as they will be. */
type Subject<T> = { table: string; name: string; rows: string; of: T };

/** What a constraint forbids. */
export function constraintProbe(
  subject: Subject<Constraint>,
  live: Model,
  desired: Model,
): Probe | undefined {
  const { table, name, rows, of } = subject;
  const { kind, columns, expression } = of;
  if (kind === "primaryKey" || kind === "unique")
    return duplicates(subject, columns.map(quote), of.nullsNotDistinct);
  if (kind === "exclusion") return conflicts(subject);
  if (kind === "foreignKey") return orphans(subject, live, desired);
  return {
    code: "check_violated",
    object: `${table}.${name}`,
    rows: `select * from ${rows} where not (${expression})`,
    message: (count) => `${rowsOf(count, table)} does not meet the check ${name}.`,
    wayOut: "Change these rows, or the check.",
  };
}

/** What a unique index forbids; undefined for another index. */
export const indexProbe = (subject: Subject<Index>): Probe | undefined =>
  subject.of.unique ? duplicates(subject, subject.of.keys, subject.of.nullsNotDistinct) : undefined;

function duplicates(
  { table, name, rows, of }: Subject<{ predicate?: string }>,
  keys: readonly string[],
  nullsNotDistinct = false,
): Probe {
  const conditions = [
    ...(nullsNotDistinct ? [] : keys.map((key) => `(${key}) is not null`)),
    ...(of.predicate === undefined ? [] : [`(${of.predicate})`]),
  ];
  const where = conditions.length === 0 ? "" : ` where ${conditions.join(" and ")}`;
  const list = keys.join(", ");
  return {
    code: "duplicates",
    object: `${table}.${name}`,
    rows: `select ${list}, count(*) from ${rows}${where} group by ${list} having count(*) > 1`,
    message: (count) =>
      `${count} ${count === 1 ? "value" : "values"} of ${name} would be in ${table} more than once.`,
    wayOut: "Delete the duplicates or change them, then plan again.",
  };
}

/** Compares each row with each, as Postgres does without an index for it. */
function conflicts({ table, name, rows, of }: Subject<Constraint>): Probe {
  const elements = of.excludes ?? [];
  const keys = elements.map(({ expression }, index) => `(${expression}) as k${index}`).join(", ");
  const where = of.predicate === undefined ? "" : ` where (${of.predicate})`;
  const numbered = `(select row_number() over () as n, ${keys} from ${rows}${where})`;
  const operators = elements.map(({ operator }, index) => `one.k${index} ${operator} other.k${index}`);
  const values = (side: string): string =>
    `row(${elements.map((_, index) => `${side}.k${index}`).join(", ")})::text`;
  return {
    code: "exclusion_violated",
    object: `${table}.${name}`,
    rows: `select ${values("one")} as one, ${values("other")} as other from ${numbered} one join ${numbered} other on one.n < other.n and ${operators.join(" and ")}`,
    message: (count) =>
      `${count === 1 ? "1 pair of rows" : `${count} pairs of rows`} of ${table} ${count === 1 ? "conflicts" : "conflict"} by the exclusion constraint ${name}.`,
    wayOut: "Delete one row of each pair or change it, then plan again.",
  };
}

function orphans(
  { table, name, rows, of }: Subject<Constraint>,
  live: Model,
  desired: Model,
): Probe | undefined {
  const { columns, references } = of;
  if (references === undefined) return undefined;
  const parents = futureRows(references.table, live, desired);
  // Where all or none may be null, a row with one of them null refers to nothing.
  const present = columns
    .map((column) => `child.${quote(column)} is not null`)
    .join(references.full ? " or " : " and ");
  const pairs = columns.map(
    (column, index) => `parent.${quote(references.columns[index] ?? "")} = child.${quote(column)}`,
  );
  const orphan =
    parents === undefined
      ? ""
      : ` and not exists (select from (select * from ${parents}) parent where ${pairs.join(" and ")})`;
  return {
    code: "foreign_key_violated",
    object: `${table}.${name}`,
    rows: `select child.* from (select * from ${rows}) child where (${present})${orphan}`,
    message: (count) =>
      `${rowsOf(count, table)} refers by ${columns.join(", ")} to no row of ${references.table}.`,
    wayOut: "Delete these rows or correct them, then plan again.",
  };
}
