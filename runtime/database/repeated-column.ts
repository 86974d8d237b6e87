import type { Row } from "./database.ts";

/** Under it a row has the name that more than one of its columns have: as an object it holds only the last of them. */
const repeated = Symbol("repeated column");

/** The first name that more than one column of a result have. */
export function repeatedColumn(fields: readonly { readonly name: string }[]): string | undefined {
  const names = fields.map(({ name }) => name);
  return names.find((name, index) => names.indexOf(name) !== index);
}

/** Notes in a row the name that more than one of its columns have. */
export const noteRepeated = (row: Row, name: string): Row =>
  Object.defineProperty(row, repeated, { value: name });

/** The name that more than one column of a row have. */
export function repeatedOf(row: Row | undefined): string | undefined {
  const name: unknown = row === undefined ? undefined : Reflect.get(row, repeated);
  return typeof name === "string" ? name : undefined;
}
