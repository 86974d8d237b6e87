import { dependsOn } from "./condition.ts";
import { Parameters } from "./parameters.ts";
import { printPassed, valueIf } from "./passed.ts";
import { asStored, printPossible } from "./possible.ts";
import { anyOf, judged, printRows, type Readable, ruleScope } from "./readable.ts";
import type { Bound, PreparedNames } from "./statements.ts";
import type { Column, Table } from "./table.ts";
import { printReturning, returning } from "./write.ts";
import { printSetValue, type WriteRule } from "./write-rule.ts";

/** One way to write rows, in one statement that fails where a row does not meet the check of its rules. */
export type CompiledInsert = {
  readonly insert: Bound;
  readonly returns: boolean;
  /** Whether a row that may not be written is refused before it meets a constraint. */
  readonly decided: boolean;
};

/** What an insert is compiled from: rules of one group, which set the same. */
export type Insert = {
  readonly table: Table;
  readonly columns: readonly Column[];
  readonly many: boolean;
  readonly group: readonly WriteRule[];
  readonly readable: Readable;
  readonly back: readonly string[];
};

/** Compiles one way to write rows. */
export function compileInsert(insert: Insert, names: PreparedNames): CompiledInsert {
  const { table, group, columns, many, readable, back } = insert;
  const checks = anyOf(group.map(({ check }) => check));
  const unknown = unknownColumns(insert);
  const set = group[0]?.set ?? [];
  const parameters = new Parameters();
  const source = sourceOf(insert, parameters);
  const targets = [
    ...columns.map((column) => ({ column, sql: source.value(column) ?? "default", known: true })),
    ...set.map(({ column, value }) => ({
      column,
      sql: printSetValue(value, parameters),
      known: value.kind !== "sql",
    })),
  ];
  // The check runs with the first value, before a constraint could tell of rows that the caller does not see.
  const first = targets.findIndex(({ known }) => known);
  const scope = { parameters, cell: (column: Column) => ({ sql: source.cell(column) }) };
  const before = checks === "all" ? "true" : printPossible(checks, unknown, scope);
  const values = targets
    .map(({ sql }, index) => (index === first && before !== "true" ? valueIf(before, sql) : sql))
    .join(", ");
  const list = [
    ...(checks === "all" ? [] : [printPassed(printRows(checks, ruleScope(parameters)))]),
    ...returning(readable, back, checks, parameters),
  ];
  const into = `insert into ${table.quoted} as ${judged}`;
  const rows = many ? `select ${values}${source.from}` : `values (${values})`;
  const text =
    targets.length === 0
      ? `${into} default values${printReturning(list)}`
      : `${into} (${targets.map(({ column }) => column.quoted).join(", ")}) ${rows}${printReturning(list)}`;
  return {
    insert: names.prepare(text, parameters),
    returns: back.length > 0,
    decided: checks === "all" || !checks.some(({ condition }) => dependsOn(condition, unknown)),
  };
}

/** The columns whose values only Postgres gives: defaults, expressions, and what a trigger may have changed. */
function unknownColumns({ table, columns, group }: Insert): ReadonlySet<string> {
  const known = new Set([
    ...columns.map(({ name }) => name),
    ...(group[0]?.set ?? []).flatMap(({ column, value }) => (value.kind === "sql" ? [] : [column.name])),
  ]);
  return new Set([...table.columns.keys()].filter((name) => table.rewritten || !known.has(name)));
}

/** The values to insert as SQL: of one row parameters, of several the columns of a list that `from` gives. */
function sourceOf({ columns, many, group }: Insert, parameters: Parameters): Source {
  const places = new Map(columns.map(({ name }, index) => [name, index]));
  const value = ({ name, type }: Column): string | undefined => {
    const index = places.get(name);
    if (index !== undefined)
      return many ? `"v"."c${index}"::${type.cast}` : parameters.given(index, type.cast);
    const set = group[0]?.set.find(({ column }) => column.name === name)?.value;
    return set === undefined || set.kind === "sql" ? undefined : printSetValue(set, parameters);
  };
  return {
    from: many ? ` from ${printLists(columns.length, parameters)}` : "",
    value,
    cell: (column) => asStored(value(column) ?? "null", column),
  };
}

const printLists = (count: number, parameters: Parameters): string => {
  const lists = Array.from({ length: count }, (_, index) => parameters.given(index, "text[]"));
  return `unnest(${lists.join(", ")}) as "v"(${lists.map((_, index) => `"c${index}"`).join(", ")})`;
};

/** `value` is what is sent, `cell` the same as the column would hold it. */
type Source = {
  readonly from: string;
  value(column: Column): string | undefined;
  cell(column: Column): string;
};
