import type { Queryable, SqlStatement } from "../database/database.ts";
import { type ArrayElement, writeArray } from "../sql/array.ts";
import { statementName } from "../sql/statement-name.ts";
import type { Sql } from "./context.ts";

const statements = new WeakMap<TemplateStringsArray, SqlStatement>();

/**
 * The `sql` of a database or a transaction.
 *
 * @throws {TypeError} for a value that is none: a function, a symbol, a promise that was not awaited.
 */
export function sqlTag(queryable: Queryable, signal: AbortSignal): Sql {
  return async <T extends object>(
    strings: TemplateStringsArray,
    ...values: readonly unknown[]
  ): Promise<T[]> => {
    const statement = statementOf(strings);
    const bindings = values.map(bound);
    try {
      const { rows } = await queryable.query(statement, bindings, signal);
      return rows.map(asRow<T>);
    } catch (error) {
      // The stack of what the socket brought leads to the socket; this one leads to the line of the module.
      if (error instanceof Error) Error.captureStackTrace(error);
      throw error;
    }
  };
}

/** The caller says what its columns are; the compiler cannot know better. */
function asRow<T extends object>(row: object): T;
function asRow(row: object): object {
  return row;
}

/** A template stands at one place of the code and has one text, so it is prepared. */
function statementOf(strings: TemplateStringsArray): SqlStatement {
  const known = statements.get(strings);
  if (known !== undefined) return known;
  if (!Array.isArray(strings) || !("raw" in strings))
    throw new TypeError("Write sql`...` with the values as ${value}: sql is not called with a string.");
  const text = strings.reduce((before, part, index) => `${before}$${index}${part}`);
  const statement = { name: statementName(text), text };
  statements.set(strings, statement);
  return statement;
}

function bound(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return writeArray(value.map(element));
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    case "object":
      return boundObject(value);
    default:
      throw new TypeError(`A ${typeof value} cannot be a value of SQL.`);
  }
}

const element = (value: unknown): ArrayElement => (Array.isArray(value) ? value.map(element) : bound(value));

function boundObject(value: object): string {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`;
  if ("then" in value) throw new TypeError("A promise cannot be a value of SQL: await it first.");
  return JSON.stringify(value);
}
