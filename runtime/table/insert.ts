import type { Caller } from "../caller.ts";
import type { Queryable } from "../database/database.ts";
import { CallError } from "../error.ts";
import { writeArray } from "../sql/array.ts";
import { dependsOn } from "./condition.ts";
import type { OperationInput, TableContext, TableHandler } from "./operation.ts";
import { Parameters } from "./parameters.ts";
import {
  forbiddenColumn,
  invalid,
  isObject,
  type Params,
  readColumns,
  readParams,
  readValue,
} from "./params.ts";
import { planner, rulesOf } from "./plans.ts";
import { joined, printCondition, type Scope } from "./print.ts";
import { anyOf, judged, type Readable, readableOf, ruleScope } from "./readable.ts";
import { type Bound, type PreparedNames, Shapes } from "./statements.ts";
import type { Column, Table } from "./table.ts";
import { attempt, checkFailed, printPassed, printReturning, resultOf, returning } from "./write.ts";
import { bySpecificity, printSetValue, usableRules, type WriteRule } from "./write-rule.ts";

const keys: ReadonlySet<string> = new Set(["values", "columns"]);

type Plan = {
  readonly rules: readonly WriteRule[];
  readonly readable: Readable;
  readonly all: readonly string[];
  readonly shapes: Shapes<readonly Attempt[]>;
};

/** One way to write the rows: under rules that set the same. `precheck` gives a row where one cannot pass. */
type Attempt = {
  readonly precheck: Bound | undefined;
  readonly insert: Bound;
  readonly checked: boolean;
  readonly returns: boolean;
};

/** The handler of `db/{connection}/{table}/insert`. */
export function insertHandler({ table, rules, select, names }: OperationInput<WriteRule>): TableHandler {
  const planOf = planner(rules, select, (applicable, roles): Plan => {
    const readable = readableOf(rulesOf(select, roles));
    return {
      rules: bySpecificity(applicable),
      readable,
      all: [...readable.columns.keys()],
      shapes: new Shapes(),
    };
  });

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
        compile({ table, columns, many, group, readable: plan.readable, back }, names),
      ),
    );
    return run(attempts, values, caller, context, table, usable);
  };
}

/** Tries one group of rules after the other, each whole or not at all. */
async function run(
  attempts: readonly Attempt[],
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

type Insert = {
  readonly table: Table;
  readonly columns: readonly Column[];
  readonly many: boolean;
  readonly group: readonly WriteRule[];
  readonly readable: Readable;
  readonly back: readonly string[];
};

function compile(insert: Insert, names: PreparedNames): Attempt {
  const checks = anyOf(insert.group.map(({ check }) => check));
  return {
    checked: checks !== "all",
    precheck: checks === "all" ? undefined : precheck(insert, names),
    insert: write(insert, names),
    returns: insert.back.length > 0,
  };
}

/** The written row's check as SQL; undefined where the rules have none. */
function printChecks({ group }: Insert, scope: Scope): string | undefined {
  const checks = anyOf(group.map(({ check }) => check));
  return checks === "all"
    ? undefined
    : joined(
        "or",
        checks.map(({ condition }) => printCondition(condition, scope)),
      );
}

/**
 * Asks before the write whether a row can pass, as far as the values given tell. So a row that may not be written
 * never meets a constraint, whose answer would tell of rows that the caller does not see.
 */
function precheck(insert: Insert, names: PreparedNames): Bound | undefined {
  const known = new Set(insert.columns.map(({ name }) => name));
  const parameters = new Parameters();
  const source = sourceOf(insert, parameters);
  const check = printChecks(insert, {
    parameters,
    cell: (column) => {
      const sql = source.value(column);
      return sql === undefined ? undefined : { sql };
    },
  });
  const isKnown = insert.group.some(
    ({ check: rule }) => rule !== undefined && dependsOn(rule.condition, known),
  );
  if (check === undefined || !isKnown) return undefined;
  const text = `select 1${source.from} where (${check}) is false limit 1`;
  return names.prepare(text, parameters);
}

function write(insert: Insert, names: PreparedNames): Bound {
  const { table, group, columns, many, readable, back } = insert;
  const set = group[0]?.set ?? [];
  const parameters = new Parameters();
  const source = sourceOf(insert, parameters);
  const targets = [...columns, ...set.map(({ column }) => column)];
  const values = [
    ...columns.map((column) => source.value(column) ?? "default"),
    ...set.map(({ value }) => printSetValue(value, parameters)),
  ].join(", ");
  const rows = many ? `select ${values}${source.from}` : `values (${values})`;
  const check = printChecks(insert, ruleScope(parameters));
  const list = [
    ...returning(readable, back, "all", parameters),
    ...(check === undefined ? [] : [printPassed(check)]),
  ];
  const into = `insert into ${table.quoted} as ${judged}`;
  const text =
    targets.length === 0
      ? `${into} default values${printReturning(list)}`
      : `${into} (${targets.map(({ quoted }) => quoted).join(", ")}) ${rows}${printReturning(list)}`;
  return names.prepare(text, parameters);
}

/** The values to insert as SQL: of one row parameters, of several the columns of a list that `from` gives. */
function sourceOf({ columns, many, group }: Insert, parameters: Parameters): Source {
  const places = new Map(columns.map(({ name }, index) => [name, index]));
  return {
    from: many ? ` from ${printLists(columns.length, parameters)}` : "",
    value: ({ name, type }) => {
      const index = places.get(name);
      if (index !== undefined)
        return many ? `"v"."c${index}"::${type.cast}` : parameters.given(index, type.cast);
      const set = group[0]?.set.find(({ column }) => column.name === name)?.value;
      return set === undefined || set.kind === "sql" ? undefined : printSetValue(set, parameters);
    },
  };
}

const printLists = (count: number, parameters: Parameters): string => {
  const lists = Array.from({ length: count }, (_, index) => parameters.given(index, "text[]"));
  return `unnest(${lists.join(", ")}) as "v"(${lists.map((_, index) => `"c${index}"`).join(", ")})`;
};

type Source = { readonly from: string; value(column: Column): string | undefined };
