import type { Row } from "../database/database.ts";
import { asDeclared } from "../sql/declared-integers.ts";
import { answerTo } from "../sql/failure.ts";
import type { Condition } from "./condition.ts";
import { Filter } from "./filter.ts";
import type { OperationInput, TableHandler } from "./operation.ts";
import { Parameters } from "./parameters.ts";
import {
  forbiddenColumn,
  invalid,
  isObject,
  type Params,
  readColumns,
  readCount,
  readParams,
} from "./params.ts";
import { planner } from "./plans.ts";
import { printCondition, type Scope, shown } from "./print.ts";
import {
  callerScope,
  judged,
  printColumns,
  printRows,
  type Readable,
  type ReadRule,
  readableOf,
  ruleScope,
} from "./readable.ts";
import type { Bound, PreparedNames, Shapes } from "./statements.ts";
import type { Column, Table } from "./table.ts";

type SortKey = { readonly column: Column; readonly order: string };
type Plan = { readonly readable: Readable; readonly all: readonly string[]; readonly shapes: Shapes<Bound> };

const keys: ReadonlySet<string> = new Set(["columns", "where", "orderBy", "limit", "offset"]);
const maxSortKeys = 16;

/** The handler of `db/{connection}/{table}/select`. */
export function selectHandler({ table, rules, names, cache }: OperationInput<ReadRule>): TableHandler {
  const planOf = planner(rules, new Map(), (applicable): Plan => {
    const readable = readableOf(applicable);
    return { readable, all: [...readable.columns.keys()], shapes: cache.shapes() };
  });

  return async (params, caller, { database, limits, signal }) => {
    const { readable, all, shapes } = planOf(caller);
    const given = readParams(params, keys);
    const values: (string | null)[] = [];
    const columns = readColumns(given.columns, readable.columns) ?? all;
    const filter = new Filter(readable.columns, limits.depth, values);
    const where = given.where === undefined ? undefined : filter.read(given.where, "where");
    const sort = given.orderBy === undefined ? [] : readSort(given.orderBy, readable);
    const page = readPage(given, limits.rows, values);

    const order = sort.map((key) => `${key.column.name} ${key.order}`).join(",");
    const pageKey = `${page.limit === undefined ? page.most : "limit"}${page.offset === undefined ? "" : " offset"}`;
    const shape = `${columns === all ? "" : columns.join(",")}|${filter.key}|${order}|${pageKey}`;
    const compiled = shapes.get(shape, () => compile({ table, readable, columns, where, sort, page }, names));
    const statement = { ...compiled.statement(), maxBytes: limits.answerBytes };
    try {
      const { rows } = await database.query(statement, compiled.bind(values, caller), signal);
      const given = asDeclared(rows, table.integers);
      return page.limit === undefined && given.length > page.most ? truncated(given, page.most) : given;
    } catch (error) {
      throw answerTo(error, () => undefined, {
        parameter: (number) => filter.pathOf(compiled.givenBy(number)),
        text: () => statement.text,
      });
    }
  };
}

/** The first rows of more than one call gives; `more` says so, and is not enumerated. */
const truncated = (rows: Row[], most: number): Row[] =>
  Object.defineProperty(rows.slice(0, most), "more", { value: true });

function readSort(value: unknown, { columns }: Readable): SortKey[] {
  if (!Array.isArray(value) || value.length > maxSortKeys)
    throw invalid("orderBy", `is not a list of at most ${maxSortKeys}`);
  return value.map((key, index) => {
    const path = `orderBy.${index}`;
    if (!isObject(key)) throw invalid(path, "is not a sort key");
    for (const name of Object.keys(key))
      if (!sortWords.has(name)) throw invalid(`${path}.${name}`, "is not a part of a sort key");
    if (typeof key.column !== "string") throw invalid(`${path}.column`, "is not the name of a column");
    const column = columns.get(key.column)?.column;
    if (column === undefined) throw forbiddenColumn(`${path}.column`);
    if (!column.type.comparable)
      throw invalid(`${path}.column`, `sorts by a column of ${column.type.name}, which has no order`);
    const direction = choice(key.direction, directions, `${path}.direction`);
    return { column, order: `${direction}${choice(key.nulls, nulls, `${path}.nulls`)}` };
  });
}

const sortWords: ReadonlySet<string> = new Set(["column", "direction", "nulls"]);
const directions: ReadonlyMap<unknown, string> = new Map([
  [undefined, "asc"],
  ["asc", "asc"],
  ["desc", "desc"],
]);
const nulls: ReadonlyMap<unknown, string> = new Map([
  [undefined, ""],
  ["first", " nulls first"],
  ["last", " nulls last"],
]);

function choice(value: unknown, choices: ReadonlyMap<unknown, string>, path: string): string {
  const chosen = choices.get(value);
  if (chosen === undefined) throw invalid(path, "is not one of its words");
  return chosen;
}

/** Which rows of the result: `limit` and `offset` are places among the values of the call. */
type Page = {
  readonly most: number;
  readonly limit: number | undefined;
  readonly offset: number | undefined;
};

function readPage(given: Params, most: number, values: (string | null)[]): Page {
  const limit = readCount(given.limit, "limit");
  const offset = readCount(given.offset, "offset");
  if (limit !== undefined && limit > most) throw invalid("limit", `is over ${most}`);
  return {
    most,
    limit: limit === undefined ? undefined : values.push(String(limit)) - 1,
    offset: offset === undefined ? undefined : values.push(String(offset)) - 1,
  };
}

type Query = {
  readonly table: Table;
  readonly readable: Readable;
  readonly columns: readonly string[];
  readonly where: Condition | undefined;
  readonly sort: readonly SortKey[];
  readonly page: Page;
};

function compile({ table, readable, columns, where, sort, page }: Query, names: PreparedNames): Bound {
  const parameters = new Parameters();
  const scope = callerScope(readable, readable.rows, parameters);
  const list = printColumns(columns, readable, scope).join(", ");
  const conditions = [
    ...(readable.rows === "all" ? [] : [printRows(readable.rows, ruleScope(parameters))]),
    ...(where === undefined ? [] : [printCondition(where, scope)]),
  ];
  const text = [
    `select ${list} from ${table.quoted} as ${judged}`,
    ...(conditions.length === 0 ? [] : [`where ${conditions.join(" and ")}`]),
    ...(sort.length === 0 ? [] : [`order by ${sort.map((key) => printSort(key, scope)).join(", ")}`]),
    `limit ${page.limit === undefined ? page.most + 1 : parameters.given(page.limit, "bigint")}`,
    ...(page.offset === undefined ? [] : [`offset ${parameters.given(page.offset, "bigint")}`]),
  ].join(" ");
  return names.prepare(text, parameters, true);
}

function printSort({ column, order }: SortKey, scope: Scope): string {
  const cell = scope.cell(column);
  return `${cell === undefined ? "null" : shown(cell)} ${order}`;
}
