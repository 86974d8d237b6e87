import { isEnum, type SqlType } from "../sql/type.ts";
import { type Condition, operandsOf } from "./condition.ts";

/** One test of a column of a row. */
type Test = Extract<Condition, { kind: "compare" | "in" | "isNull" }>;

/**
 * Types, as they are cast to, whose equality and order raise no error, whatever the values are. Postgres marks these
 * as leakproof (`pg_proc.proleakproof`), but for the last two lines: a test compares values of each, its odd ones too.
 */
const quietTypes: ReadonlySet<string> = new Set([
  ...[
    "boolean",
    "smallint",
    "integer",
    "bigint",
    "real",
    "double precision",
    "money",
    "oid",
    "uuid",
    '"char"',
  ],
  ...["text", "varchar", "bpchar", "name", "bytea", '"bit"', "varbit", "inet", "cidr", "macaddr", "macaddr8"],
  ...["date", "time", "timetz", "timestamp", "timestamptz", "interval", "pg_lsn", "xid8"],
  ...["numeric", "citext", "jsonb"],
  ...["int4range", "int8range", "numrange", "daterange", "tsrange", "tstzrange"],
]);

/** Whether values of a type are compared without an error. */
export const isQuietType = (type: SqlType): boolean =>
  type.element === undefined ? quietTypes.has(type.cast) || isEnum(type) : isQuietType(type.element);

/**
 * Whether a test of a stored value cannot raise, so that it may run on rows that the caller does not see, where an
 * index serves it. All others run behind the guard: an error would tell what a hidden cell holds.
 */
export function isQuiet(test: Test): boolean {
  const { column } = test;
  if (column.generated === "virtual") return false; // read, it runs its expression
  if (test.kind === "isNull") return true;
  return (
    isQuietType(column.type) &&
    operandsOf(test).every(
      (operand) => operand.kind !== "row" || operand.column.type.cast === column.type.cast,
    )
  );
}

/** Whether all tests in a condition are quiet. */
export function isQuietWhole(condition: Condition): boolean {
  switch (condition.kind) {
    case "and":
    case "or":
      return condition.conditions.every(isQuietWhole);
    case "not":
      return isQuietWhole(condition.condition);
    case "exists":
      return isQuietWhole(condition.where);
    default:
      return isQuiet(condition);
  }
}
