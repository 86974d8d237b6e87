import { type Condition, dependsOn } from "./condition.ts";
import { Parameters } from "./parameters.ts";
import { printPassed, valueIf } from "./passed.ts";
import { asStored, printPossible } from "./possible.ts";
import { type Cell, printCondition } from "./print.ts";
import { anyOf, callerScope, judged, printRows, type Readable, ruleScope } from "./readable.ts";
import { namesOneRow } from "./single-row.ts";
import type { Bound, PreparedNames } from "./statements.ts";
import type { Column, Table } from "./table.ts";
import { matched, printBounded, printReturning, returning, ruleColumn } from "./write.ts";
import { generatedColumns, keepsCheck, printSetValue, type WriteRule } from "./write-rule.ts";

/**
 * An update as statements. `lock`, where several rules must be told apart, locks the rows and gives the number of the
 * rule that covers each.
 */
export type CompiledUpdate = {
  readonly lock: Bound | undefined;
  readonly write: Bound;
  readonly alone: boolean;
  readonly returns: boolean;
  /** Whether a row that may not be written is refused before it meets a constraint. */
  readonly decided: boolean;
};

/** What an update is compiled from. */
export type Update = {
  readonly table: Table;
  /** The caller's columns; their values are the first of the call. */
  readonly columns: readonly Column[];
  readonly where: Condition;
  readonly rules: readonly WriteRule[];
  readonly readable: Readable;
  readonly back: readonly string[];
  readonly most: number;
};

/** Compiles an update under the rules that may apply. */
export function compileUpdate(update: Update, names: PreparedNames): CompiledUpdate {
  const { table, where, columns, rules, back } = update;
  const columnNames = columns.map(({ name }) => name);
  const alike = rules.every(({ setKey }) => setKey === rules[0]?.setKey);
  const plain = alike && (rules.length === 1 || rules.every((rule) => keepsCheck(rule, table, columnNames)));
  return {
    lock: plain ? undefined : compileLock(update, names),
    write: plain ? compilePlain(update, names) : compileByRule(update, names),
    alone: plain && namesOneRow(where, table),
    returns: back.length > 0,
    decided: rules.every(
      (rule) =>
        rule.check === undefined ||
        !dependsOn(rule.check.condition, unknownColumns(rule, update)) ||
        keepsCheck(rule, table, columnNames),
    ),
  };
}

/**
 * One statement: every rule sets the same, and there is one, or a row that one covers before it covers after. The row
 * is checked before it meets a constraint as far as it is known, and again as it was written.
 */
function compilePlain(update: Update, names: PreparedNames): Bound {
  const { table, columns, where, rules, readable, back, most } = update;
  const parameters = new Parameters();
  const columnNames = columns.map(({ name }) => name);
  const [rule] = rules;
  const before =
    rule === undefined || keepsCheck(rule, table, columnNames)
      ? "true"
      : printAfter(rule, update, parameters);
  const set = printAssignments(update, parameters, before);
  const conditions = printMatch(update, parameters).join(" and ");
  const checks = anyOf(rules.map(({ check }) => check));
  const list = [
    ...(checks === "all" ? [] : [printPassed(printRows(checks, ruleScope(parameters)))]),
    ...returning(readable, back, checks, parameters),
  ];
  const text = `update ${table.quoted} as ${judged} set ${set} where ${conditions}`;
  const statement = namesOneRow(where, table)
    ? `${text}${printReturning(list)}`
    : printBounded(text, list, most);
  return names.prepare(statement, parameters);
}

/**
 * Locks the rows, and says which rule covers each as it is and as it would be. So a row that may not be written
 * never meets a constraint, whose answer would tell of rows that the caller does not see.
 */
function compileLock(update: Update, names: PreparedNames): Bound {
  const parameters = new Parameters();
  const rule = printRule(update, parameters);
  const conditions = printMatch(update, parameters).join(" and ");
  const text = `select ${rule} from ${update.table.quoted} as ${judged} where ${conditions} limit ${update.most + 1} for update`;
  return names.prepare(text, parameters);
}

/** Writes each row as its rule says, and checks it as it was written: triggers and expressions have a say in that. */
function compileByRule(update: Update, names: PreparedNames): Bound {
  const { table, rules, readable, back, most } = update;
  const parameters = new Parameters();
  const rule = printRule(update, parameters);
  const conditions = printMatch(update, parameters).join(" and ");
  const before =
    `${matched} as materialized (select ${judged}.ctid as "row", ${judged}.tableoid as "part", ${rule} ` +
    `from ${table.quoted} as ${judged} where ${conditions}), `;
  const set = printAssignments(update, parameters);
  const number = `${matched}."${ruleColumn}"`;
  const checks = rules.map(
    ({ check }, index) =>
      `when ${index} then ${check === undefined ? "true" : printCondition(check.condition, ruleScope(parameters))}`,
  );
  const list = [
    printPassed(`case ${number} ${checks.join(" ")} end`),
    ...returning(readable, back, anyOf(rules.map(({ check }) => check)), parameters),
  ];
  const text =
    `update ${table.quoted} as ${judged} set ${set} from ${matched} where ${judged}.ctid = ${matched}."row" ` +
    `and ${judged}.tableoid = ${matched}."part" and ${number} is not null`;
  return names.prepare(printBounded(text, list, most, before), parameters);
}

/** The conditions of the statement: the rules' and the caller's. */
function printMatch({ where, rules, readable }: Update, parameters: Parameters): string[] {
  const rows = anyOf(rules.map((rule) => rule.where));
  return [
    ...(rows === "all" ? [] : [printRows(rows, ruleScope(parameters))]),
    printCondition(where, callerScope(readable, rows, parameters)),
  ];
}

/** The number of the first rule that covers a row as it is and, as far as is known, as it would be. */
function printRule(update: Update, parameters: Parameters): string {
  const cases = update.rules.map((rule, index) => {
    const before =
      rule.where === undefined ? "true" : printCondition(rule.where.condition, ruleScope(parameters));
    return `when ${before} and ${printAfter(rule, update, parameters)} then ${index}`;
  });
  return `case ${cases.join(" ")} end as "${ruleColumn}"`;
}

/** Whether a row may meet a rule's check when it is written, as SQL over the row as it is. */
function printAfter(rule: WriteRule, update: Update, parameters: Parameters): string {
  const { check, set } = rule;
  if (check === undefined) return "true";
  const cell = (column: Column): Cell => {
    const index = update.columns.findIndex(({ name }) => name === column.name);
    if (index >= 0) return { sql: asStored(parameters.given(index, column.type.cast), column) };
    const value = set.find((item) => item.column.name === column.name)?.value;
    return {
      sql:
        value === undefined || value.kind === "sql"
          ? `${judged}.${column.quoted}`
          : asStored(printSetValue(value, parameters), column),
    };
  };
  return printPossible([check], unknownColumns(rule, update), { parameters, cell });
}

/** The columns of a written row whose values only Postgres gives. */
const unknownColumns = ({ set }: WriteRule, { table }: Update): ReadonlySet<string> =>
  new Set(
    table.rewritten
      ? table.columns.keys()
      : [
          ...set.flatMap(({ column, value }) => (value.kind === "sql" ? [column.name] : [])),
          ...generatedColumns(table),
        ],
  );

/**
 * `"title" = $1::text, ...`; where rules set differently, by the rule of the row.
 *
 * @param before what must hold for the row to be written, as SQL.
 */
function printAssignments({ columns, rules }: Update, parameters: Parameters, before = "true"): string {
  const own = columns.map(({ quoted, type }, index) => {
    const value = parameters.given(index, type.cast);
    return `${quoted} = ${index === 0 && before !== "true" ? valueIf(before, value) : value}`;
  });
  const set = new Map(rules.flatMap((rule) => rule.set.map(({ column }) => [column.name, column] as const)));
  const others = [...set.values()].map((column) => {
    const values = rules.map((rule) => {
      const value = rule.set.find((item) => item.column.name === column.name)?.value;
      return value === undefined ? `${judged}.${column.quoted}` : printSetValue(value, parameters);
    });
    const [first = ""] = values;
    if (values.every((value) => value === first)) return `${column.quoted} = ${first}`;
    const cases = values.map((value, index) => `when ${index} then ${value}`).join(" ");
    return `${column.quoted} = case ${matched}."${ruleColumn}" ${cases} end`;
  });
  return [...own, ...others].join(", ");
}
