import { comparison, type Predicate, reference, type Scalar, scalar } from "../../../schema/predicate.ts";
import type { Diagnostic, Location } from "../../core/diagnostic.ts";
import { suggest } from "../../core/suggest.ts";
import { problem } from "../../project/problem.ts";
import type { Part, Path } from "../../project/project.ts";
import type { Column, ConnectionCatalog, Table } from "../catalog.ts";
import { isBuiltIn } from "../column-type.ts";
import { areComparable } from "../known-type.ts";
import { valueProblem } from "../value.ts";

/** What a condition is judged by. `judged` is the row of the rule, within `exists`. */
export type PredicateScope = {
  table: Table;
  connection: ConnectionCatalog;
  judged?: Table;
  at(path: Path, part?: Part): Location;
  /** What stands in the file, with what the format refused. */
  written(path: Path): unknown;
};

/** A condition names columns, values and references that are there and fit each other. */
export function checkPredicate(predicate: Predicate, path: Path, scope: PredicateScope): Diagnostic[] {
  const { and = [], or = [], not, exists, ...columns } = predicate;
  return [
    ...and.flatMap((one, index) => checkCondition(one, [...path, "and", index], scope)),
    ...or.flatMap((one, index) => checkCondition(one, [...path, "or", index], scope)),
    ...(not === undefined ? [] : checkCondition(not, [...path, "not"], scope)),
    ...(exists === undefined ? [] : checkExists(exists, [...path, "exists"], scope)),
    ...Object.entries(columns).flatMap(([name, value]) => checkColumn(name, value, [...path, name], scope)),
  ];
}

/** Like {@link checkPredicate}, of one that is not empty: that would hold for every row, which nobody sees in it. */
export const checkCondition = (predicate: Predicate, path: Path, scope: PredicateScope): Diagnostic[] =>
  isEmpty(scope.written(path))
    ? [emptyCondition(path, scope, "Take it out where every row is meant.")]
    : checkPredicate(predicate, path, scope);

const isEmpty = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length === 0;

const emptyCondition = (path: Path, { at }: PredicateScope, hint: string): Diagnostic =>
  problem(at(path), "empty_condition", "An empty condition holds for every row.", hint);

function checkExists(
  exists: { table: string; where: Predicate },
  path: Path,
  scope: PredicateScope,
): Diagnostic[] {
  const { tables } = scope.connection;
  const table = tables.get(exists.table);
  if (table !== undefined)
    return checkCondition(exists.where, [...path, "where"], {
      ...scope,
      table,
      judged: scope.judged ?? scope.table,
    });
  const hint = suggest(exists.table, tables.keys());
  return [
    problem(scope.at([...path, "table"]), "unknown_table", `There is no table \`${exists.table}\`.`, hint),
  ];
}

function checkColumn(name: string, value: unknown, path: Path, scope: PredicateScope): Diagnostic[] {
  const column = scope.table.columns.get(name);
  if (column === undefined) {
    const hint = suggest(name, [...scope.table.columns.keys(), "and", "or", "not", "exists"]);
    const message = `\`${scope.table.name}\` has no column \`${name}\`.`;
    return [problem(scope.at(path, "key"), "unknown_column", message, hint ?? columnsOf(scope.table))];
  }
  const plain = scalar.safeParse(value);
  if (plain.success) return checkValue(plain.data, column, path, scope);
  const operators = comparison.safeParse(value);
  if (!operators.success) return [];
  if (isEmpty(scope.written(path))) return [emptyCondition(path, scope, `Write what \`${name}\` must be.`)];
  const { in: list, like, ilike, isNull: _, ...scalars } = operators.data;
  return [
    ...Object.entries(scalars).flatMap(([operator, one]) =>
      one === undefined ? [] : checkValue(one, column, [...path, operator], scope),
    ),
    ...(Array.isArray(list)
      ? list.flatMap((one, index) => checkValue(one, column, [...path, "in", index], scope))
      : []),
    ...(typeof list === "string" ? checkList(list, [...path, "in"], scope) : []),
    ...[like, ilike].flatMap((pattern, index) =>
      pattern === undefined
        ? []
        : checkPattern(pattern, column, [...path, index === 0 ? "like" : "ilike"], scope),
    ),
  ];
}

function checkValue(value: Scalar, column: Column, path: Path, scope: PredicateScope): Diagnostic[] {
  const at = scope.at(path);
  if (typeof value !== "string" || !isReference(value)) {
    const wrong = column.type && valueProblem(literalOf(value), column.type, scope.connection);
    return wrong === undefined ? [] : [problem(at, "invalid_value", wrong.message, wrong.hint)];
  }
  const unknown = unknownReference(value, at);
  if (unknown.length > 0) return unknown;
  if (value === "$user.roles")
    return [problem(at, "list_value", "`$user.roles` is a list.", `Write { in: $user.roles }.`)];
  return value.startsWith("$row.") ? checkRow(value.slice("$row.".length), column, at, scope) : [];
}

function checkRow(
  name: string,
  column: Column,
  at: Location,
  { judged, connection }: PredicateScope,
): Diagnostic[] {
  if (judged === undefined)
    return [
      problem(
        at,
        "row_outside_exists",
        "`$row` has a meaning only within `exists`.",
        "Compare with a value.",
      ),
    ];
  const other = judged.columns.get(name);
  if (other === undefined) {
    const hint = suggest(name, judged.columns.keys()) ?? columnsOf(judged);
    return [problem(at, "unknown_column", `\`${judged.name}\` has no column \`${name}\`.`, hint)];
  }
  if (!other.type || !column.type || areComparable(other.type, column.type, connection)) return [];
  const message = `\`${column.name}\` is ${column.declaration?.type}, but \`$row.${name}\` is ${other.declaration?.type}.`;
  return [problem(at, "invalid_value", message)];
}

function checkList(value: string, path: Path, { at }: PredicateScope): Diagnostic[] {
  const place = at(path);
  if (!value.startsWith("$"))
    return [
      problem(place, "invalid_value", "`in` takes a list, or a claim that is one.", `Write in: [${value}].`),
    ];
  const unknown = unknownReference(value, place);
  if (unknown.length > 0 || value === "$user.roles" || value.startsWith("$claims.")) return unknown;
  return [problem(place, "invalid_value", `\`${value}\` is one value, not a list.`, `Write eq: ${value}.`)];
}

function checkPattern(
  pattern: string,
  column: Column,
  path: Path,
  { at, connection }: PredicateScope,
): Diagnostic[] {
  const unknown = isReference(pattern) ? unknownReference(pattern, at(path)) : [];
  if (unknown.length > 0) return unknown;
  if (/(?:^|[^\\])(?:\\\\)*\\$/.test(pattern))
    return [
      problem(at(path), "invalid_value", "The pattern ends in an escape.", "Write \\\\ for a backslash."),
    ];
  const { type } = column;
  const texts = ["text", "character varying", "character", "name"];
  // Of a domain, or of what an extension brings such as citext, only Postgres knows.
  const isOther = type !== undefined && !isBuiltIn(type) && connection?.enums.has(type.name) !== true;
  if (type === undefined || (!type.array && (isOther || texts.includes(type.name)))) return [];
  const message = `\`${column.name}\` is ${column.declaration?.type}, which has no patterns.`;
  return [problem(at(path, "key"), "invalid_operator", message, "like and ilike are for text.")];
}

/** Whether a text of a rule stands for a value. It begins with `$`; a text that does is written with `$$`. */
export const isReference = (text: string): boolean => /^\$(?!\$)/.test(text);

/** A value of a rule that is no reference, as it is compared. */
export const literalOf = (value: Scalar): Scalar =>
  typeof value === "string" ? value.replace(/^\$\$/, "$") : value;

/** A problem where a text that begins with `$` is no reference. */
export function unknownReference(value: string, at: Location): Diagnostic[] {
  if (reference.test(value)) return [];
  const hint = suggest(value, [
    "$user.id",
    "$user.roles",
    "$user.issuer",
    `$claims.${value.split(".")[1] ?? "NAME"}`,
  ]);
  const known =
    "There are $user.id, $user.roles, $user.issuer, $claims.NAME and, within exists, $row.COLUMN. A text that begins with $ is written with $$.";
  return [problem(at, "unknown_reference", `\`${value}\` is not known.`, hint ?? known)];
}

const columnsOf = (table: Table): string => `There are ${[...table.columns.keys()].join(", ")}.`;
