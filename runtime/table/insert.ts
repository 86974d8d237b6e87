import type { WriteResult } from "../../schema/wire.ts";
import type { Caller } from "../caller.ts";
import type { Queryable } from "../database/database.ts";
import { CallError } from "../error.ts";
import { writeArray } from "../sql/array.ts";
import { breaksRow } from "../sql/failure.ts";
import { type CompiledInsert, compileInsert } from "./insert-statements.ts";
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
import { isFailedCheck } from "./passed.ts";
import type { SentValue } from "./sent-value.ts";
import type { Column, Table } from "./table.ts";
import { attempt, checkFailed, composedOn, resultOf, writableOf } from "./write.ts";
import { writePlanner } from "./write-plan.ts";
import { completeFirst, usableRules, type WriteRule } from "./write-rule.ts";

const keys: ReadonlySet<string> = new Set(["values", "columns"]);

/** The handler of `db/{connection}/{table}/insert`. */
export function insertHandler(input: OperationInput<WriteRule>): TableHandler {
  const { table, names } = input;
  const planOf = writePlanner<readonly CompiledInsert[]>(input);

  return async (params, caller, context) => {
    const plan = planOf(caller);
    const given = readParams(params, keys);
    const rows = readRows(given.values, context.limits.rows);
    const columns = columnsOfRows(rows, plan.rules, table);
    const columnNames = columns.map(({ name }) => name);
    const mayWrite = usableRules(plan.rules, columnNames, "values", caller);
    const usable = completeFirst(mayWrite, columnNames, table);
    const back = readColumns(given.columns, plan.readable.columns) ?? plan.all;
    const used = usable.map((rule) => plan.rules.indexOf(rule)).join(",");
    const shape = `${columnNames.join(",")}|${used}|${back === plan.all ? "" : back.join(",")}`;
    const compiled = (many: boolean): readonly CompiledInsert[] =>
      plan.shapes.get(`${shape}|${many}`, () =>
        groupsOf(usable).map((group) =>
          compileInsert({ table, columns, many, group, readable: plan.readable, back }, names),
        ),
      );
    const sent = () => rows.flatMap((row, index) => sentValues(row, columns, pathOf(rows, index)));
    const run = { caller, context, table, usable, sent, many: rows.length > 1 };
    const [first, ...others] = compiled(rows.length > 1);
    if (first === undefined) throw checkFailed();
    const values = readValues(rows, columns);
    const { database, signal } = context;
    const isUndone = others.length > 0 && database.isJoined === true;
    const together = (queryable: Queryable) => insertTogether(first, values, run, queryable);
    try {
      return await (isUndone ? database.transaction(together, signal) : together(database));
    } catch (error) {
      const ways = isRefusal(error) ? compiled(false) : [];
      if (ways.length <= 1) throw error;
      const single = rows.map((row) => readValues([row], columns));
      return insertEach(ways, single, run);
    }
  };
}

type Run = {
  readonly caller: Caller;
  readonly context: TableContext;
  readonly table: Table;
  readonly usable: readonly WriteRule[];
  /** What was sent, row by row. */
  readonly sent: () => readonly SentValue[];
  readonly many: boolean;
};

/** Writes all rows in one statement under one group of rules. */
async function insertTogether(
  { insert, returns, decided }: CompiledInsert,
  values: readonly (string | null)[],
  { caller, context: { database, limits, signal }, table, usable, sent, many }: Run,
  queryable: Queryable,
): Promise<WriteResult> {
  const statement = { ...insert.statement(), maxBytes: limits.answerBytes };
  const write = () => queryable.query(statement, insert.bind(values, caller), signal);
  const written = await attempt(write, table, writableOf(usable, decided), signal, {
    // Of several rows a parameter is the list of a column.
    parameter: (number) => (many ? undefined : sent()[insert.givenBy(number) ?? -1]?.path),
    database,
    sent,
  });
  return resultOf(written, table, limits.rows, returns);
}

/** Writes each row under the first group of rules that takes it, in one transaction. */
function insertEach(
  ways: readonly CompiledInsert[],
  rows: readonly (readonly (string | null)[])[],
  { caller, context: { database, limits, signal }, table, usable, sent }: Run,
): Promise<WriteResult> {
  const write = async (transaction: Queryable): Promise<WriteResult> => {
    const results: WriteResult[] = [];
    for (const values of rows) results.push(await insertOne(transaction, values));
    return { count: rows.length, rows: results.flatMap((result) => result.rows) };
  };
  const insertOne = async (
    transaction: Queryable,
    values: readonly (string | null)[],
  ): Promise<WriteResult> => {
    let broken: unknown;
    for (const { insert, returns } of ways) {
      await transaction.query({ text: "savepoint stk_row" }, [], signal);
      try {
        const statement = { ...insert.statement(), maxBytes: limits.answerBytes };
        const written = await transaction.query(statement, insert.bind(values, caller), signal);
        await transaction.query({ text: "release savepoint stk_row" }, [], signal);
        return resultOf(written, table, limits.rows, returns);
      } catch (error) {
        if (breaksRow(error)) broken ??= error;
        else if (!isFailedCheck(error)) throw error;
        await transaction.query({ text: "rollback to savepoint stk_row" }, [], signal);
      }
    }
    throw broken ?? checkFailed();
  };
  const decided = ways.every((way) => way.decided);
  const writeAll = () => database.transaction(write, signal, composedOn(table));
  return attempt(writeAll, table, writableOf(usable, decided), signal, {
    parameter: () => undefined,
    database,
    sent,
  });
}

/** Whether another rule may still take the row: it failed a check, or what one rule sets leaves it incomplete. */
const isRefusal = (error: unknown): boolean =>
  error instanceof CallError && (error.code === "forbidden" || breaksRow(error.cause));

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
      throw invalid(
        `values.${index}`,
        "does not have the columns of the first row: give the same columns in every row, or insert it by another call",
      );
  }
  return names.map((name) => {
    const column = rules.some(({ columns }) => columns.has(name)) ? table.columns.get(name) : undefined;
    if (column === undefined) throw forbiddenColumn(rows.length > 1 ? `values.0.${name}` : `values.${name}`);
    return column;
  });
}

const pathOf = (rows: readonly Params[], index: number): string =>
  rows.length === 1 ? "values" : `values.${index}`;

const sentValues = (row: Params, columns: readonly Column[], place: string): SentValue[] =>
  columns.map((column) => {
    const path = `${place}.${column.name}`;
    return { column, text: readValue(row[column.name], column, path), path };
  });

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
