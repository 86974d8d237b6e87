import type { Caller } from "../caller.ts";
import type { Queryable, Rows } from "../database/database.ts";
import { Filter } from "./filter.ts";
import type { OperationInput, TableContext, TableHandler } from "./operation.ts";
import { forbiddenColumn, invalid, isObject, readColumns, readParams, readValue } from "./params.ts";
import type { Bound } from "./statements.ts";
import type { Column, Table } from "./table.ts";
import { type CompiledUpdate, compileUpdate } from "./update-statements.ts";
import { attempt, checkFailed, composedOn, resultOf, ruleColumn, tooMany, writableOf } from "./write.ts";
import { writePlanner } from "./write-plan.ts";
import { usableRules, type WriteRule } from "./write-rule.ts";

const keys: ReadonlySet<string> = new Set(["where", "set", "columns"]);

/** The handler of `db/{connection}/{table}/update`. */
export function updateHandler(input: OperationInput<WriteRule>): TableHandler {
  const { table, names } = input;
  const planOf = writePlanner<CompiledUpdate>(input);

  return async (params, caller, context) => {
    const plan = planOf(caller);
    const { readable, all } = plan;
    const given = readParams(params, keys);
    const { columns, values } = readSet(given.set, plan.rules, table);
    const columnNames = columns.map(({ name }) => name);
    const usable = usableRules(plan.rules, columnNames, "set", caller);
    const filter = new Filter(readable.columns, context.limits.depth, values);
    const where = filter.read(given.where, "where");
    if (filter.count === 0) throw invalid("where", "holds no condition");
    const back = readColumns(given.columns, readable.columns) ?? all;

    const most = context.limits.rows;
    const used = usable.map((rule) => plan.rules.indexOf(rule)).join(",");
    const shape = `${columnNames.join(",")}|${filter.key}|${used}|${most}|${back === all ? "" : back.join(",")}`;
    const compiled = plan.shapes.get(shape, () =>
      compileUpdate({ table, columns, where, rules: usable, readable, back, most }, names),
    );
    return run(compiled, filter, caller, context, table, usable, columns);
  };
}

function run(
  { lock, write, alone, returns, decided }: CompiledUpdate,
  filter: Filter,
  caller: Caller,
  { database, limits, signal }: TableContext,
  table: Table,
  usable: readonly WriteRule[],
  columns: readonly Column[],
): Promise<unknown> {
  const { values } = filter;
  const sent = () =>
    columns.map((column, index) => ({ column, text: values[index] ?? null, path: `set.${column.name}` }));
  let bound = write;
  let text = "";
  const send = (queryable: Queryable, one: Bound): Promise<Rows> => {
    const statement = { ...one.statement(), maxBytes: limits.answerBytes };
    bound = one;
    text = statement.text;
    return queryable.query(statement, one.bind(values, caller), signal);
  };
  const work = async (queryable: Queryable): Promise<unknown> => {
    if (lock !== undefined) {
      const { rows } = await send(queryable, lock);
      if (rows.length > limits.rows) throw tooMany(limits.rows);
      if (rows.some((row) => row[ruleColumn] === null)) throw checkFailed();
      if (rows.length === 0) return { count: 0, rows: [] };
    }
    return resultOf(await send(queryable, write), table, limits.rows, returns);
  };
  return attempt(
    () => (alone ? work(database) : database.transaction(work, signal, composedOn(table))),
    table,
    writableOf(usable, decided),
    signal,
    {
      parameter: (number) => {
        const index = bound.givenBy(number);
        return sent()[index ?? -1]?.path ?? filter.pathOf(index);
      },
      text: () => text,
      database,
      sent,
    },
  );
}

function readSet(
  set: unknown,
  rules: readonly WriteRule[],
  table: Table,
): { columns: Column[]; values: (string | null)[] } {
  if (!isObject(set)) throw invalid("set", "is not an object of columns");
  const names = Object.keys(set);
  if (names.length === 0) throw invalid("set", "holds no column");
  const columns = names.map((name) => {
    const column = rules.some((rule) => rule.columns.has(name)) ? table.columns.get(name) : undefined;
    if (column === undefined) throw forbiddenColumn(`set.${name}`);
    return column;
  });
  return {
    columns,
    values: columns.map((column) => readValue(set[column.name], column, `set.${column.name}`)),
  };
}
