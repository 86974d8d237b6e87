import { writeArray } from "../sql/array.ts";
import { patternType } from "../sql/type.ts";
import { allOf, type Condition, isOperator, type Operator } from "./condition.ts";
import { forbiddenColumn, invalid, isContainer, isObject, readValue } from "./params.ts";
import type { Column } from "./table.ts";

const maxConditions = 200;
/** Of all lists of `in` together: to read half a million takes a second in which nobody else is served. */
const maxListed = 10_000;

/**
 * Reads the caller's `where` in one pass that takes time linear in its size: its condition, the values to bind, and
 * a key that is the same for every `where` that differs only in its values. It accepts what `schema/wire.ts` does,
 * but for what only rules may say: `exists` and references. A text that starts with `$` is a text.
 */
export class Filter {
  readonly values: (string | null)[];
  readonly #columns: ReadonlyMap<string, { readonly column: Column }>;
  readonly #depth: number;
  /** Where the values were sent that were read here, which stand behind those that were there before. */
  readonly #paths: string[] = [];
  readonly #first: number;
  #key = "";
  #count = 0;
  #listed = 0;

  /** @param values where the values go, in order. */
  constructor(
    columns: ReadonlyMap<string, { readonly column: Column }>,
    depth: number,
    values: (string | null)[],
  ) {
    this.#columns = columns;
    this.#depth = depth;
    this.values = values;
    this.#first = values.length;
  }

  get key(): string {
    return this.#key;
  }

  /** Where a value of the call was sent; undefined where it is none of the condition's. */
  pathOf(index: number | undefined): string | undefined {
    return index === undefined ? undefined : this.#paths[index - this.#first];
  }

  /** How many comparisons were read. */
  get count(): number {
    return this.#count;
  }

  /**
   * @throws {CallError} `invalid_params`, with the path of what is wrong; `forbidden` for a column that the caller
   * may not read.
   */
  read(predicate: unknown, path: string, depth = 1): Condition {
    if (!isObject(predicate)) throw invalid(path, "is not a condition");
    if (depth > this.#depth) throw invalid(path, "is nested too deeply");
    const conditions: Condition[] = [];
    for (const key of Object.keys(predicate))
      this.#readMember(key, predicate[key], `${path}.${key}`, depth, conditions);
    if (conditions.length === 0 && depth > 1) throw invalid(path, "holds no condition");
    return allOf(conditions);
  }

  #readMember(key: string, value: unknown, path: string, depth: number, conditions: Condition[]): void {
    if (key === "and" || key === "or") {
      conditions.push({ kind: key, conditions: this.#readList(key, value, path, depth) });
    } else if (key === "not") {
      this.#key += "!(";
      conditions.push({ kind: "not", condition: this.read(value, path, depth + 1) });
      this.#key += ")";
    } else if (key === "exists") {
      throw invalid(path, "is for rules, not for calls");
    } else {
      const column = this.#columns.get(key)?.column;
      if (column === undefined) throw forbiddenColumn(path);
      this.#readColumn(column, value, path, conditions);
    }
  }

  #readList(word: "and" | "or", value: unknown, path: string, depth: number): Condition[] {
    if (!Array.isArray(value) || value.length === 0) throw invalid(path, "is not a list of conditions");
    this.#key += `${word}(`;
    const conditions = value.map((inner, index) => {
      this.#key += ",";
      return this.read(inner, `${path}.${index}`, depth + 1);
    });
    this.#key += ")";
    return conditions;
  }

  #readColumn(column: Column, value: unknown, path: string, conditions: Condition[]): void {
    if (!isObject(value)) {
      conditions.push(this.#compare(column, "eq", value, path));
      return;
    }
    const operators = Object.keys(value);
    if (operators.length === 0) throw invalid(path, "holds no comparison");
    for (const operator of operators) {
      conditions.push(this.#readComparison(column, operator, value[operator], `${path}.${operator}`));
    }
  }

  #readComparison(column: Column, operator: string, value: unknown, path: string): Condition {
    if (operator === "in") return this.#in(column, value, path);
    if (operator === "isNull") return this.#isNull(column, value, path);
    if (isOperator(operator)) return this.#compare(column, operator, value, path);
    throw invalid(path, "is not an operator");
  }

  #compare(column: Column, operator: Operator, value: unknown, path: string): Condition {
    assertComparable(column, path);
    this.#counted(column, operator, path);
    const isPattern = operator === "like" || operator === "ilike";
    if (isPattern && !column.type.text) throw invalid(path, `does not fit a column of ${column.type.name}`);
    if (isContainer(value)) throw invalid(path, "is not a single value");
    const { cast, encode } = isPattern ? patternType : column.type;
    if (isPattern && encode(value) === undefined) throw invalid(path, "is not a pattern");
    const index = this.#bind(readValue(value, column, path), path);
    return { kind: "compare", column, operator, operand: { kind: "given", index, cast } };
  }

  #in(column: Column, value: unknown, path: string): Condition {
    assertComparable(column, path);
    this.#counted(column, "in", path);
    if (!Array.isArray(value)) throw invalid(path, "is not a list");
    this.#listed += value.length;
    if (this.#listed > maxListed) throw invalid(path, `holds more values than ${maxListed}`);
    const items = value.map((item, index) => {
      if (isContainer(item)) throw invalid(`${path}.${index}`, "is not a single value");
      return readValue(item, column, `${path}.${index}`);
    });
    const index = this.#bind(writeArray(items), path);
    return { kind: "in", column, list: { kind: "given", index, cast: `${column.type.cast}[]` } };
  }

  #isNull(column: Column, expected: unknown, path: string): Condition {
    if (typeof expected !== "boolean") throw invalid(path, "is not true or false");
    this.#counted(column, expected ? "isNull" : "isNotNull", path);
    return { kind: "isNull", column, expected };
  }

  #bind(value: string | null, path: string): number {
    this.#paths.push(path);
    return this.values.push(value) - 1;
  }

  #counted(column: Column, operator: string, path: string): void {
    this.#count += 1;
    if (this.#count > maxConditions) throw invalid(path, `is one condition more than ${maxConditions}`);
    this.#key += `${column.name} ${operator};`;
  }
}

function assertComparable({ type }: Column, path: string): void {
  if (!type.comparable) throw invalid(path, `compares a column of ${type.name}, which has no equality`);
}
