import type { Condition } from "./condition.ts";
import { Parameters } from "./parameters.ts";
import { printCondition, type Scope } from "./print.ts";
import { anyOf, callerScope, judged, printRows, type Readable, type Rows, ruleScope } from "./readable.ts";
import { namesOneRow } from "./single-row.ts";
import type { Bound, PreparedNames } from "./statements.ts";
import type { Column, Table } from "./table.ts";
import { matched, printBounded, printPassed, printReturning, returning, ruleColumn } from "./write.ts";
import { isUntouched, needsCheck, printSetValue, type WriteRule, writtenColumns } from "./write-rule.ts";

/** An update as statements. `lock`, where rows must be checked, locks them and gives the number of the rule that covers each. */
export type CompiledUpdate = {
  readonly lock: Bound | undefined;
  readonly write: Bound;
  readonly alone: boolean;
  readonly returns: boolean;
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
  const { table, columns, rules, back } = update;
  const columnNames = columns.map(({ name }) => name);
  const alike = rules.every(({ setKey }) => setKey === rules[0]?.setKey);
  const checked = !alike || rules.some((rule) => needsCheck(rule, table, columnNames));
  const lock = checked ? compileLock(update, names) : undefined;
  const write = checked ? compileChecked(update, names) : compilePlain(update, names);
  return { lock, write, alone: !checked && namesOneRow(update.where, table), returns: back.length > 0 };
}

/** One statement: every rule sets the same, and a row that one covers before it covers after. */
function compilePlain(update: Update, names: PreparedNames): Bound {
  const { table, where, rules, readable, back, most } = update;
  const parameters = new Parameters();
  const rows = anyOf(rules.map((rule) => rule.where));
  const set = printAssignments(update, parameters);
  const conditions = printMatch(update, parameters).join(" and ");
  const list = returning(readable, back, stillCovered(update, rows), parameters);
  const text = `update ${table.quoted} as ${judged} set ${set} where ${conditions}`;
  const statement = namesOneRow(where, table)
    ? `${text}${printReturning(list)}`
    : printBounded(text, list, most);
  return names.prepare(statement, parameters);
}

/** The rows that written ones are surely of: those of the rules, where nothing was written that they look at. */
function stillCovered({ table, columns, rules }: Update, rows: Rows): Rows {
  const names = columns.map(({ name }) => name);
  const stays = rules.every(
    (rule) => rule.where && isUntouched(rule.where, table, writtenColumns(rule, names)),
  );
  return stays ? rows : "all";
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
function compileChecked(update: Update, names: PreparedNames): Bound {
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
    ...returning(readable, back, "all", parameters),
    printPassed(`case ${number} ${checks.join(" ")} end`),
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
function printRule({ rules, columns }: Update, parameters: Parameters): string {
  const cases = rules.map((rule, index) => {
    const before =
      rule.where === undefined ? "true" : printCondition(rule.where.condition, ruleScope(parameters));
    const scope = writtenScope(rule, columns, parameters);
    const after =
      rule.check === undefined ? "true" : `(${printCondition(rule.check.condition, scope)}) is not false`;
    return `when ${before} and ${after} then ${index}`;
  });
  return `case ${cases.join(" ")} end as "${ruleColumn}"`;
}

/** The cells of a row as a rule would have it written; undefined where an expression says what it will be. */
function writtenScope(rule: WriteRule, columns: readonly Column[], parameters: Parameters): Scope {
  return {
    parameters,
    cell: (column) => {
      const index = columns.findIndex(({ name }) => name === column.name);
      if (index >= 0) return { sql: parameters.given(index, column.type.cast) };
      const value = rule.set.find((item) => item.column.name === column.name)?.value;
      if (value === undefined) return { sql: `${judged}.${column.quoted}` };
      return value.kind === "sql" ? undefined : { sql: printSetValue(value, parameters) };
    },
  };
}

/** `"title" = $1::text, ...`; where rules set differently, by the rule of the row. */
function printAssignments({ columns, rules }: Update, parameters: Parameters): string {
  const own = columns.map(({ quoted, type }, index) => `${quoted} = ${parameters.given(index, type.cast)}`);
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
