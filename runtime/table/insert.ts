import type { Caller } from "../caller.ts";
import type { Queryable } from "../database/database.ts";
import { CallError } from "../error.ts";
import { writeArray } from "../sql/array.ts";
import { compileInsert, type InsertAttempt } from "./insert-statements.ts";
import type { OperationInput, TableContext, TableHandler } from "./operation.ts";
import {
  forbiddenColumn,
  invalid,
  isObject,
  type Params,
  readColumns,
  readParams,
  readValue,
} from "./params.ts";
import type { Column, Table } from "./table.ts";
import { attempt, checkFailed, resultOf } from "./write.ts";
import { writePlanner } from "./write-plan.ts";
import { usableRules, type WriteRule } from "./write-rule.ts";

const keys: ReadonlySet<string> = new Set(["values", "columns"]);

/** The handler of `db/{connection}/{table}/insert`. */
export function insertHandler(input: OperationInput<WriteRule>): TableHandler {
  const { table, names } = input;
  const planOf = writePlanner<readonly InsertAttempt[]>(input);

  return async (params, caller, context) => {
    const plan = planOf(caller);
    const given = readParams(params, keys);
    const rows = readRows(given.values, context.limits.rows);
    const columns = columnsOfRows(rows, plan.rules, table);
    const columnNames = columns.map(({ name }) => name);
    const usable = usableRules(plan.rules, columnNames, "values", caller);
    const back = readColumns(given.columns, plan.readable.columns) ?? plan.all;
    const values = readValues(rows, columns);

    const many = rows.length > 1;
    const used = usable.map((rule) => plan.rules.indexOf(rule)).join(",");
    const shape = `${columnNames.join(",")}|${many}|${used}|${back === plan.all ? "" : back.join(",")}`;
    const attempts = plan.shapes.get(shape, () =>
      groupsOf(usable).map((group) =>
        compileInsert({ table, columns, many, group, readable: plan.readable, back }, names),
      ),
    );
    return run(attempts, values, caller, context, table, usable);
  };
}

/** Tries one group of rules after the other, each whole or not at all. */
async function run(
  attempts: readonly InsertAttempt[],
  values: readonly (string | null)[],
  caller: Caller,
  { database, limits, signal }: TableContext,
  table: Table,
  usable: readonly WriteRule[],
): Promise<unknown> {
  const writable = usable.map(({ columns }) => columns);
  for (const { precheck, insert, checked, returns } of attempts) {
    const write = async (queryable: Queryable): Promise<unknown> => {
      if (precheck !== undefined) {
        const failing = await queryable.query(precheck.statement(), precheck.bind(values, caller), signal);
        if (failing.rows.length > 0) throw checkFailed();
      }
      return resultOf(
        await queryable.query(insert.statement(), insert.bind(values, caller), signal),
        table,
        limits.rows,
        returns,
      );
    };
    try {
      return await attempt(
        () => (checked ? database.transaction(write, signal) : write(database)),
        table,
        writable,
        signal,
      );
    } catch (error) {
      if (!(error instanceof CallError && error.code === "forbidden")) throw error;
    }
  }
  throw checkFailed();
}

function readRows(values: unknown, most: number): readonly Params[] {
  const rows = Array.isArray(values) ? values : [values];
  if (rows.length === 0) throw invalid("values", "holds no row");
  if (rows.length > most) throw invalid("values", `holds more than ${most} rows`);
  return rows.map((row, index) => {
    if (!isObject(row)) throw invalid(Array.isArray(values) ? `values.${index}` : "values", "is not a row");
    return row;
  });
}

/** The columns that every row gives. */
function columnsOfRows(rows: readonly Params[], rules: readonly WriteRule[], table: Table): Column[] {
  const names = Object.keys(rows[0] ?? {});
  if (rows.length > 1 && names.length === 0) throw invalid("values.0", "holds no column");
  for (const [index, row] of rows.entries()) {
    if (Object.keys(row).length !== names.length || !names.every((name) => Object.hasOwn(row, name)))
      throw invalid(`values.${index}`, "does not have the columns of the first row");
  }
  return names.map((name) => {
    const column = rules.some(({ columns }) => columns.has(name)) ? table.columns.get(name) : undefined;
    if (column === undefined) throw forbiddenColumn(rows.length > 1 ? `values.0.${name}` : `values.${name}`);
    return column;
  });
}

/** A value for each column: of one row the value, of several their list. */
function readValues(rows: readonly Params[], columns: readonly Column[]): (string | null)[] {
  const [first] = rows;
  if (first !== undefined && rows.length === 1)
    return columns.map((column) => readValue(first[column.name], column, `values.${column.name}`));
  return columns.map((column) =>
    writeArray(
      rows.map((row, index) => readValue(row[column.name], column, `values.${index}.${column.name}`)),
    ),
  );
}

/** Rules that set the same, together. */
const groupsOf = (rules: readonly WriteRule[]): WriteRule[][] => [
  ...Map.groupBy(rules, ({ setKey }) => setKey).values(),
];
