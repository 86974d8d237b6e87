import type { Database } from "../../../src/database/database.ts";

/** `forget`: the catalog is asked again whatever was done. */
export type UnchangedCatalog = Database & { forget(): void };

const mayChangeIt =
  /\b(alter|call|cluster|comment|create|do|drop|grant|import|refresh|reindex|revoke|security|truncate)\b/i;

/**
 * A session with a database that nobody else uses. What the reader of the catalog asks is planned once, and is not
 * asked again before a statement that may have changed the catalog, or has taken a change back.
 */
export function withUnchangedCatalog(database: Database): UnchangedCatalog {
  const known = new Map<string, unknown>();
  let isChanged = false;
  const noted = (sql: string): void => {
    if (mayChangeIt.test(sql)) isChanged = true;
    else if (!isChanged || !/\brollback\b/i.test(sql)) {
      if (/^\s*begin\b/i.test(sql)) isChanged = false;
      return;
    }
    known.clear();
  };
  const { another: _lentByNobody, ...own } = database;
  return {
    ...own,
    keepsStatements: true,
    forget: () => known.clear(),
    async query<Row extends Record<string, unknown>>(sql: string, values?: readonly unknown[]) {
      if (!sql.startsWith("execute ")) {
        noted(sql);
        return database.query<Row>(sql, values);
      }
      const rows = known.get(sql) ?? (await database.query<Row>(sql, values));
      known.set(sql, rows);
      return structuredClone(rows) as Row[];
    },
    script(sql) {
      if (!sql.startsWith("prepare ")) noted(sql);
      return database.script(sql);
    },
  };
}
