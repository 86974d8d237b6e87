import { setTimeout as delay } from "node:timers/promises";
import type { WriteResult } from "../../schema/wire.ts";
import type { DatabaseError, Row, Rows, Transactional, TransactionOptions } from "../database/database.ts";
import { CallError } from "../error.ts";
import { asDeclared } from "../sql/declared-integers.ts";
import { answerTo, type BrokenConstraint, isCollision } from "../sql/failure.ts";
import { quoteIdentifier } from "../sql/quote.ts";
import type { Parameters } from "./parameters.ts";
import { invalid } from "./params.ts";
import { isFailedCheck, passed } from "./passed.ts";
import {
  callerScope,
  printColumns,
  printRows,
  type Readable,
  type Rows as RuleRows,
  ruleScope,
} from "./readable.ts";
import { oversizedOf, type SentValue, unreadPath } from "./sent-value.ts";
import type { Table } from "./table.ts";

/*
 * What a statement gives beside the table's columns. No column of a manifest has a name like these, and no table
 * the name of one of these common table expressions.
 */
const visible = "+visible";
const counted = "+count";
/** The number of the rule that a row is written under. */
export const ruleColumn = "+rule";
export const written = quoteIdentifier("+written");
export const matched = quoteIdentifier("+matched");

const retries = 2;
const firstRetryMs = 10;

/**
 * The columns that the caller may read of a written row, and whether he may see it at all.
 *
 * @param rows those that the written row is surely one of.
 */
export function returning(
  readable: Readable,
  columns: readonly string[],
  rows: RuleRows,
  parameters: Parameters,
): string[] {
  if (columns.length === 0) return [];
  const list = printColumns(columns, readable, callerScope(readable, rows, parameters));
  if (readable.rows === "all") return list;
  return [
    ...list,
    `(${printRows(readable.rows, ruleScope(parameters))}) is true as ${quoteIdentifier(visible)}`,
  ];
}

/** The end of a statement that gives `list` of what it wrote. */
export const printReturning = (list: readonly string[]): string =>
  list.length === 0 ? "" : ` returning ${list.join(", ")}`;

/**
 * A write of which no more rows come back than one over the limit, with the count of all of them.
 *
 * @param before common table expressions that it uses.
 */
export const printBounded = (write: string, list: readonly string[], most: number, before = ""): string =>
  `with ${before}${written} as (${write}${printReturning(list.length === 0 ? ['1 as "+one"'] : list)}) ` +
  `select *, (count(*) over ())::int as ${quoteIdentifier(counted)} from ${written} limit ${list.length === 0 ? 1 : most + 1}`;

/**
 * The answer to a write.
 *
 * @throws {CallError} `invalid_params` where more rows were written than may be: the transaction around it is to be
 * rolled back.
 */
export function resultOf({ rows, count }: Rows, table: Table, most: number, returns: boolean): WriteResult {
  const [first] = rows;
  const total = first !== undefined && typeof first[counted] === "number" ? first[counted] : count;
  if (total > most) throw tooMany(most);
  return { count: total, rows: returns ? asDeclared(rows, table.integers).flatMap(readableRow) : [] };
}

/** More rows than one call may write. */
export const tooMany = (most: number): CallError =>
  new CallError("invalid_params", `The call would write more than ${most} rows.`);

/** A row that no rule allows to be written so. */
export const checkFailed = (): CallError =>
  new CallError("forbidden", "None of your roles may write such a row.");

function readableRow({
  [visible]: isVisible = true,
  [counted]: _count,
  [passed]: _passed,
  ...row
}: Row): Row[] {
  return isVisible === true ? [row] : [];
}

/** How the transaction of a write runs: it holds nothing but statements, so that it may be run again. */
export const composedOn = ({ quoted }: Table): TransactionOptions => ({
  repeatable: true,
  about: `from ${quoted}`,
});

/**
 * Runs a write again where it collided with another one, and gives Postgres' errors the words of an answer.
 * `writable` says which columns the caller may write at once.
 */
export async function attempt<T>(
  work: () => Promise<T>,
  table: Table,
  writable: readonly ReadonlySet<string>[],
  signal: AbortSignal | undefined,
  sending?: Sending,
): Promise<T> {
  for (let turn = 0; ; turn += 1) {
    try {
      return await work();
    } catch (error) {
      if (isFailedCheck(error)) throw checkFailed();
      if (turn === retries || !isCollision(error)) {
        const blame = sending && {
          parameter: sending.parameter,
          ...(sending.text && { text: sending.text }),
          oversized: () => oversizedOf(sending.sent()),
        };
        const answer = answerTo(error, (report) => known(report, table, writable), blame);
        if (sending === undefined || !isUnexplained(answer)) throw answer;
        const path = await unreadPath(error, sending.sent(), { database: sending.database, signal });
        throw path === undefined ? answer : invalid(path, "is not a value of its column's type");
      }
      await delay(firstRetryMs * 4 ** turn, undefined, signal === undefined ? {} : { signal });
    }
  }
}

/** Whether an answer does not say which value was refused, if one was. */
const isUnexplained = (answer: unknown): boolean =>
  answer instanceof CallError &&
  (answer.code === "internal" || (answer.code === "invalid_params" && answer.details === undefined));

/**
 * The sets of columns of which one must hold those of a constraint that the answer names. None where a row may have
 * met it that its check refuses: what the constraint says is then not the caller's to know.
 */
export const writableOf = (
  rules: readonly { readonly columns: ReadonlySet<string> }[],
  decided: boolean,
): readonly ReadonlySet<string>[] => (decided ? rules.map(({ columns }) => columns) : []);

/** A broken constraint and its columns, where the caller may write all of them. */
function known(
  report: DatabaseError,
  table: Table,
  writable: readonly ReadonlySet<string>[],
): BrokenConstraint | undefined {
  const columns = columnsOf(report, table);
  if (columns === undefined || !writable.some((set) => columns.every((item) => set.has(item))))
    return undefined;
  return { ...(report.constraint !== undefined && { constraint: report.constraint }), columns };
}

/** The columns that a constraint of the table is about, or that are of the domain that it is of. */
function columnsOf(
  { schema = "public", table: name, dataType, column, constraint = "" }: DatabaseError,
  table: Table,
): readonly string[] | undefined {
  const isNamed = (own: string, given: string) => own === given || own === `${schema}.${given}`;
  if (name !== undefined && !isNamed(table.name, name)) return undefined;
  if (name !== undefined) return column === undefined ? table.constraints.get(constraint) : [column];
  const ofDomain = [...table.columns.values()].filter(({ type }) => isNamed(type.name, dataType ?? ""));
  return ofDomain.length === 0 ? undefined : ofDomain.map((one) => one.name);
}

/** What a write sends: its values, where a parameter of its statement was in the params, and where it goes. */
export type Sending = {
  readonly database: Transactional;
  readonly sent: () => readonly SentValue[];
  readonly parameter: (number: number) => string | undefined;
  /** The statement. */
  readonly text?: () => string;
};
