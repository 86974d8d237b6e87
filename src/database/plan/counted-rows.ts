/** So many rows of a table, as the subject of a sentence: `1 row of tasks`, `Each of 3 rows of tasks`. */
export const rowsOf = (count: number, table: string): string =>
  count === 1 ? `1 row of ${table}` : `Each of ${count} rows of ${table}`;
