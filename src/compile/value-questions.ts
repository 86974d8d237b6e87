import { defaultConnection } from "../../schema/names.ts";
import { operations } from "../../schema/permissions.ts";
import { comparison, type Predicate, type Scalar, scalar } from "../../schema/predicate.ts";
import type { Location } from "../core/diagnostic.ts";
import { quoteIdentifier, quoteLiteral, quoteName } from "../database/identifier.ts";
import type { Path } from "../project/project.ts";
import type { ConnectionCatalog, Table } from "./catalog.ts";
import type { ColumnType } from "./column-type.ts";
import type { Context } from "./context.ts";
import { type Question, refused } from "./question.ts";
import { isReference, literalOf } from "./rules/predicate.ts";
import { castType } from "./sql/cast-type.ts";
import { isJudged } from "./value.ts";

/** Asks Postgres about the values of rules that only it can judge, each in the comparison or the column that it is for. */
export function ruleValueQuestions({ project: { permissions }, catalog }: Context): Question[] {
  if (permissions === undefined) return [];
  return Object.entries(permissions.value.tables ?? {}).flatMap(([path, rules]) => {
    const [name = "", connection = defaultConnection] = path.split("/").toReversed();
    const own = catalog.get(connection);
    const table = own?.tables.get(name);
    if (own === undefined || table === undefined) return [];
    const place = { table, connection: own, at: permissions.at };
    return operations.flatMap((operation) =>
      Object.entries(rules[operation] ?? {}).flatMap(([role, rule]) => {
        if (rule === true) return [];
        const base = ["tables", path, operation, role];
        const set: Readonly<Record<string, unknown>> = "set" in rule ? (rule.set ?? {}) : {};
        return [
          ...("where" in rule && rule.where ? predicateQuestions(rule.where, [...base, "where"], place) : []),
          ...("check" in rule && rule.check ? predicateQuestions(rule.check, [...base, "check"], place) : []),
          ...Object.entries(set).flatMap(([column, value]) =>
            questionOf(value, column, [...base, "set", column], place, (_, literal) => `select ${literal}`),
          ),
        ];
      }),
    );
  });
}

type Place = { table: Table; connection: ConnectionCatalog; at(path: Path): Location };

function predicateQuestions(predicate: Predicate, path: Path, place: Place): Question[] {
  const { and = [], or = [], not, exists, ...columns } = predicate;
  const inner = exists && place.connection.tables.get(exists.table);
  return [
    ...and.flatMap((one, index) => predicateQuestions(one, [...path, "and", index], place)),
    ...or.flatMap((one, index) => predicateQuestions(one, [...path, "or", index], place)),
    ...(not === undefined ? [] : predicateQuestions(not, [...path, "not"], place)),
    ...(exists && inner
      ? predicateQuestions(exists.where, [...path, "exists", "where"], { ...place, table: inner })
      : []),
    ...Object.entries(columns).flatMap(([name, value]) =>
      comparisonsOf(value).flatMap(({ operator, operand, at }) =>
        questionOf(
          operand,
          name,
          [...path, name, ...at],
          place,
          (field, literal) =>
            `select 1 from ${quoteName(place.table.name)} where ${field} ${operator} ${literal}`,
        ),
      ),
    ),
  ];
}

const symbols = [
  ["eq", "="],
  ["ne", "<>"],
  ["gt", ">"],
  ["gte", ">="],
  ["lt", "<"],
  ["lte", "<="],
] as const;

/** Every value that a column is compared with, and where it stands. A pattern is judged without Postgres. */
function comparisonsOf(value: unknown): { operator: string; operand: unknown; at: Path }[] {
  if (scalar.safeParse(value).success) return [{ operator: "=", operand: value, at: [] }];
  const read = comparison.safeParse(value);
  if (!read.success) return [];
  const { in: list, ...operands } = read.data;
  return [
    ...symbols.map(([name, operator]) => ({ operator, operand: operands[name], at: [name] })),
    ...(Array.isArray(list)
      ? list.map((operand, index) => ({ operator: "=", operand, at: ["in", index] }))
      : [{ operator: "=", operand: list, at: ["in"] }]),
  ];
}

/** What stands for the caller is asked about as NULL: whether it can be compared at all. */
function questionOf(
  value: unknown,
  column: string,
  path: Path,
  { table, connection, at }: Place,
  statement: (field: string, literal: string) => string,
): Question[] {
  const type: ColumnType | undefined = table.columns.get(column)?.type;
  const read = scalar.safeParse(value);
  if (type === undefined || !read.success || read.data === null || isJudged(type, connection)) return [];
  const isCaller = typeof read.data === "string" && isReference(read.data);
  const base = type.array ? undefined : enumUnder(type.name, connection);
  const literal = isCaller
    ? "null"
    : literalSql(literalOf(read.data), base === undefined ? type : { ...type, name: base }, connection);
  const field = quoteIdentifier(column);
  const sql = statement(base === undefined ? field : `${field}::${quoteName(base)}`, literal);
  return [{ connection: connection.name, sql, answer: (said) => refused(said, at(path), "invalid_value") }];
}

/** The enum that a domain is over, as which the Bridge compares it: operators of enums take no domain. */
function enumUnder(type: string, { domains, enums }: ConnectionCatalog): string | undefined {
  let name: string | undefined = domains.get(type);
  for (let step = 0; step < domains.size && name !== undefined && domains.has(name); step += 1)
    name = domains.get(name);
  return name !== undefined && enums.has(name) ? name : undefined;
}

/** A literal of JSON is a value, and not its text. */
function literalSql(value: Scalar, { name, array }: ColumnType, { enums, types }: ConnectionCatalog): string {
  const text = name === "json" || name === "jsonb" ? JSON.stringify(value) : String(value);
  const cast = castType(`${name}${array ? "[]" : ""}`, (one) => enums.has(one) || types.has(one));
  return `${quoteLiteral(text)}::${cast}`;
}
