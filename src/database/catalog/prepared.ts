import type { Database } from "../database.ts";
import { quoteLiteral } from "../identifier.ts";

/** The names of the statements that a session keeps, by their text. */
const kept = new WeakMap<Database, Map<string, string>>();

/**
 * A view of the session in which each query is prepared when it is first run, and planned once: to plan a query of the
 * catalog takes three times as long as to run it. Only where the session keeps statements; lists of texts are all
 * that such queries are given.
 *
 * Specification: PostgreSQL documentation, PREPARE.
 */
export function preparing(database: Database): Database {
  if (database.keepsStatements !== true) return database;
  const statements = kept.get(database) ?? new Map<string, string>();
  kept.set(database, statements);
  return {
    ...database,
    async query<Row extends Record<string, unknown>>(sql: string, values: readonly unknown[] = []) {
      if (!values.every(isListOfTexts)) return database.query<Row>(sql, values);
      const name = statements.get(sql) ?? `stk_${statements.size + 1}`;
      if (!statements.has(sql)) {
        await database.script(`prepare ${name} as ${sql}`);
        statements.set(sql, name);
      }
      const given = values.map((value) => quoteLiteral(arrayLiteral(value)));
      return database.query<Row>(`execute ${name}${given.length === 0 ? "" : `(${given.join(", ")})`}`);
    },
  };
}

const isListOfTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string");

const arrayLiteral = (texts: readonly string[]): string =>
  `{${texts.map((text) => `"${text.replace(/["\\]/g, "\\$&")}"`).join(",")}}`;
