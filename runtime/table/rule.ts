import {
  comparison,
  type Exists,
  type Predicate,
  reference,
  type Scalar,
  scalar,
} from "../../schema/predicate.ts";
import { StkError } from "../../src/core/error.ts";
import { quoteLiteral } from "../sql/quote.ts";
import { listOf, patternType, type SqlType } from "../sql/type.ts";
import { allOf, type Condition, isOperator, type Operand } from "./condition.ts";
import type { Column, Table, Tables } from "./table.ts";

/** A rule's condition; equal ones have equal keys. */
export type RuleCondition = { readonly key: string; readonly condition: Condition };

/**
 * Reads a condition of `config/permissions.yaml`. A text that starts with `$$` is the text without the first `$`.
 *
 * @throws {StkError} `invalid_manifest` for a name or a value that does not fit the schema.
 */
export const readRule = (predicate: Predicate, table: Table, tables: Tables): RuleCondition => ({
  key: JSON.stringify(predicate),
  condition: read(predicate, { table, judged: table, tables }),
});

/** `judged` is what `$row` refers to, `table` what the columns belong to. */
type Place = { readonly table: Table; readonly judged: Table; readonly tables: Tables };

function read(predicate: Predicate, place: Place): Condition {
  return allOf(
    Object.entries(predicate).flatMap(([key, value]) =>
      value === undefined ? [] : readMember(key, predicate, place),
    ),
  );
}

function readMember(key: string, predicate: Predicate, place: Place): Condition[] {
  const { and, or, not, exists } = predicate;
  if (key === "and") return (and ?? []).map((inner) => read(inner, place));
  if (key === "or") return [{ kind: "or", conditions: (or ?? []).map((inner) => read(inner, place)) }];
  if (key === "not") return not === undefined ? [] : [{ kind: "not", condition: read(not, place) }];
  if (key === "exists") return exists === undefined ? [] : [readExists(exists, place)];
  return readColumn(columnOf(place.table, key), predicate[key], place);
}

function readExists({ table: name, where }: Exists, place: Place): Condition {
  const table = place.tables.get(name);
  if (table === undefined)
    throw invalid(`A rule on ${place.judged.name} looks at a table ${name} that is not there`);
  return { kind: "exists", table, where: read(where, { ...place, table }) };
}

function readColumn(column: Column, value: unknown, place: Place): Condition[] {
  const plain = scalar.safeParse(value);
  const { in: list, isNull, ...rest } = plain.success ? { eq: plain.data } : comparison.parse(value);
  const conditions: Condition[] = [];
  for (const [operator, right] of Object.entries(rest)) {
    if (right === undefined || !isOperator(operator)) continue;
    const type = operator === "like" || operator === "ilike" ? patternType : column.type;
    conditions.push({ kind: "compare", column, operator, operand: readOperand(right, type, place) });
  }
  if (list !== undefined) {
    const operands =
      typeof list === "string"
        ? readOperand(list, listOf(column.type), place)
        : list.map((item) => readOperand(item, column.type, place));
    conditions.push({ kind: "in", column, list: operands });
  }
  if (isNull !== undefined) conditions.push({ kind: "isNull", column, expected: isNull });
  // Compared with nothing it would hold for every row.
  if (conditions.length === 0) throw invalid(`A rule on ${column.name} does not say what it must be`);
  return conditions;
}

function readOperand(value: Scalar, type: SqlType, { judged }: Place): Operand {
  if (typeof value !== "string" || !reference.test(value)) return literal(value, type);
  if (!value.startsWith("$row.")) return { kind: "claim", claim: { reference: value, type } };
  return { kind: "row", column: columnOf(judged, value.slice("$row.".length)) };
}

/**
 * A literal of a rule.
 *
 * @throws {StkError} `invalid_manifest` where it is not of the type, or starts with `$` and is no reference.
 */
export function literal(value: Scalar, type: SqlType): Exclude<Operand, { kind: "row" }> {
  if (value === null) return { kind: "literal", sql: `null::${type.cast}` };
  if (typeof value === "string" && /^\$(?!\$)/.test(value)) throw invalid(`${value} is no reference`);
  const plain = typeof value === "string" ? value.replace(/^\$\$/, "$") : value;
  const encoded = type.encode(plain);
  if (encoded !== undefined) return { kind: "literal", sql: `${quoteLiteral(encoded)}::${type.cast}` };
  if (type.loose) return { kind: "constant", text: String(plain), cast: type.cast };
  throw invalid(`${JSON.stringify(value)} is not a value of ${type.name}`);
}

/** @throws {StkError} `invalid_manifest` where the table has no such column. */
export function columnOf(table: Table, name: string): Column {
  const column = table.columns.get(name);
  if (column === undefined) throw invalid(`A rule names a column ${table.name}.${name} that is not there`);
  return column;
}

const invalid = (message: string): StkError =>
  new StkError("invalid_manifest", `${message}.`, {
    hint: "Bundle the project again with the stk of this Bridge.",
  });
