import type { Database } from "../database.ts";
import type { Blocked, Change } from "../diff/change.ts";
import { conversion, enumValuesOf, lossCondition } from "../diff/type-change.ts";
import { quoteIdentifier as quote, quoteLiteral, quoteName } from "../identifier.ts";
import type { Model } from "../model/model.ts";
import type { SqlProblem } from "../sql-error.ts";
import { attempt } from "../transaction.ts";
import { rowsOf } from "./counted-rows.ts";
import { futureRows } from "./future-rows.ts";
import { constraintProbe, indexProbe } from "./key-probe.ts";
import { objectProbe } from "./object-probe.ts";
import type { Probe } from "./probe-query.ts";
import { identityProbe } from "./type-probe.ts";

/** What the live rows mean for one change. */
export type Finding = { blocked?: Blocked; unchecked?: string };

const shown = 20;
const queryCanceled = "57014";
const cannotCoerce = "42846";

/** What to look for in the live rows before a change; undefined where no row can matter. */
export function probeFor(change: Change, live: Model, desired: Model): Probe | undefined {
  if (change.kind === "createObject" || change.kind === "alterObject") return objectProbe(change, live);
  if (!("table" in change) || !live.tables.has(change.table)) return undefined;
  const { table } = change;
  const rows = futureRows(table, live, desired);
  switch (change.kind) {
    case "addColumn": {
      const { nullable, default: value, serial, identity } = change.definition;
      if (nullable || value !== undefined || serial || identity !== undefined) return undefined;
      return {
        code: "column_without_value",
        object: `${table}.${change.column}`,
        rows: `select * from ${quoteName(table)}`,
        message: (count) =>
          `${rowsOf(count, table)} would have no value in the new column ${change.column}, which must not be null.`,
        wayOut: "Give it a default, or declare it nullable first and fill it.",
      };
    }
    case "setNotNull":
      if (!live.tables.get(table)?.columns.has(change.column)) return undefined;
      return {
        code: "null_values",
        object: `${table}.${change.column}`,
        rows: `select * from ${quoteName(table)} where ${quote(change.column)} is null`,
        message: (count) => `${rowsOf(count, table)} has null in ${change.column}.`,
        wayOut: "Fill them, then plan again.",
      };
    case "changeType": {
      const { column, from, to, without } = change;
      if (without !== undefined) return enumValueProbe(change, without.values);
      const condition = lossCondition({ column, from, to, values: enumValuesOf(to.type, desired.enums) });
      if (condition === undefined) return undefined;
      return {
        code: "cast_loses",
        object: `${table}.${column}`,
        rows: `select ${quote(column)} from ${quoteName(table)} where ${condition}`,
        message: (count) => `${rowsOf(count, table)} has a ${column} that ${to.type} cannot hold unchanged.`,
        wayOut: "Change these rows, or keep the type.",
        possible: {
          sql: `select ${conversion({ column, from, to, values: enumValuesOf(to.type, desired.enums) })} from ${quoteName(table)} limit 0`,
          wayOut: `Declare a column of another name with the type, and what fills it: backfill. Let ${column} go when nothing needs it.`,
        },
      };
    }
    case "dropColumnToRemake":
      return remakeProbe(change, live);
    case "alterTable":
      return identityProbe(change, live, desired);
    case "createIndex":
      return rows === undefined
        ? undefined
        : indexProbe({ table, name: change.name, rows, of: change.index });
    case "addConstraint":
    case "validateConstraint":
      if (rows === undefined) return undefined;
      return constraintProbe({ table, name: change.name, rows, of: change.constraint }, live, desired);
    default:
      return undefined;
  }
}

/** Rows that have a value which their enum is to lose. */
function enumValueProbe(
  { table, column, to }: Extract<Change, { kind: "changeType" }>,
  values: readonly string[],
): Probe {
  const list = `array[${values.map(quoteLiteral).join(", ")}]`;
  const condition = to.type.endsWith("[]")
    ? `${quote(column)}::text[] && ${list}`
    : `${quote(column)}::text = any (${list})`;
  const shown = values.map(quoteLiteral).join(" or ");
  return {
    code: "enum_value_used",
    object: `${table}.${column}`,
    rows: `select * from ${quoteName(table)} where ${condition}`,
    message: (count) => `${rowsOf(count, table)} has ${shown} in ${column}, which is declared as removed.`,
    wayOut: "Give these rows another value, then plan again.",
  };
}

/** Rows that would lose a value which was given to them; or that all would be written again, and the column be the last. */
function remakeProbe(
  { table, column, from, to }: Extract<Change, { kind: "dropColumnToRemake" }>,
  live: Model,
): Probe {
  const object = `${table}.${column}`;
  if (from.generated === undefined)
    return {
      code: "values_lost",
      object,
      rows: `select * from ${quoteName(table)} where ${quote(column)} is not null`,
      message: (count) =>
        `${rowsOf(count, table)} has a value in ${column}, which is to be generated from now on.`,
      wayOut: `Declare the generated column under another name, and let ${column} go when nothing needs its values.`,
    };
  const inPlace =
    live.version < 170_000 &&
    from.generated === to.generated &&
    from.type === to.type &&
    from.default !== to.default;
  return {
    code: "generated_changed",
    object,
    rows: `select * from ${quoteName(table)}`,
    message: (count) =>
      `The generated column ${column} can become what is declared only by being dropped and made again, and ${table} has ${count} ${count === 1 ? "row" : "rows"}.`,
    wayOut: `${inPlace ? "Postgres 17 changes an expression in place. Or declare" : "Declare"} a column of another name so, and this one as removed.`,
  };
}

/** Counts the rows of a probe, in the open read-only transaction. */
export async function find(database: Database, probe: Probe): Promise<Finding> {
  let count = 0;
  const problem = await attempt(database, async () => {
    const [row] = await database.query<{ count: number }>(
      `select count(*)::int4 as count from (${probe.rows}) found`,
    );
    count = row?.count ?? 0;
  });
  const { code, object, wayOut, possible } = probe;
  if (problem !== undefined) {
    const refused = possible && (await attempt(database, () => database.query(possible.sql)));
    if (possible !== undefined && refused?.sqlstate === cannotCoerce)
      return {
        blocked: { code, object, message: `Postgres ${refused.message}.`, wayOut: possible.wayOut },
      };
    const withoutRows = await attempt(database, () =>
      database.query(`select from (${probe.rows}) found limit 0`),
    );
    return unanswered(probe, problem, withoutRows === undefined);
  }
  if (count === 0) return {};
  return {
    blocked: { code, object, message: probe.message(count), wayOut, sql: `${probe.rows} limit ${shown}` },
  };
}

/**
 * A row on which the expression itself fails (class 22) fails the change as well. Any other error says only that the
 * question could not be asked beforehand, of a value that an enum is yet to get for one: Postgres asks it again when
 * the change is made.
 */
function unanswered(
  { code, object, wayOut }: Probe,
  { sqlstate, message }: SqlProblem,
  isOfRows: boolean,
): Finding {
  if (isOfRows && sqlstate.startsWith("22"))
    return { blocked: { code, object, message: `Postgres refuses a row of it: ${message}.`, wayOut } };
  return {
    unchecked:
      sqlstate === queryCanceled ? "took too long to check beforehand" : "could not be checked beforehand",
  };
}
