import { dependsOn } from "./condition.ts";
import { Parameters } from "./parameters.ts";
import { joined, printCondition, type Scope } from "./print.ts";
import { anyOf, judged, type Readable, ruleScope } from "./readable.ts";
import type { Bound, PreparedNames } from "./statements.ts";
import type { Column, Table } from "./table.ts";
import { printPassed, printReturning, returning } from "./write.ts";
import { printSetValue, type WriteRule } from "./write-rule.ts";

/** One way to write the rows: under rules that set the same. `precheck` gives a row where one cannot pass. */
export type InsertAttempt = {
  readonly precheck: Bound | undefined;
  readonly insert: Bound;
  readonly checked: boolean;
  readonly returns: boolean;
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

/** Compiles one way to write the rows. */
export function compileInsert(insert: Insert, names: PreparedNames): InsertAttempt {
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
