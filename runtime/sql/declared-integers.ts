import type { Row } from "../database/database.ts";

/** Columns of integers, and the JSON that they were declared to be: a number, or the text of a bigint. */
export type DeclaredIntegers = readonly (readonly [column: string, form: "number" | "string"])[];

const forms: ReadonlyMap<string, "number" | "string"> = new Map([
  ["smallint", "number"],
  ["integer", "number"],
  ["bigint", "string"],
]);

/** The integers among columns, by their names and types. */
export const declaredIntegers = (
  columns: Iterable<readonly [name: string, type: string]>,
): DeclaredIntegers =>
  [...columns].flatMap(([name, type]) => {
    const form = forms.get(type);
    return form === undefined ? [] : [[name, form] as const];
  });

/**
 * Gives integers the form that the release declared, where the column became a wider or a narrower one meanwhile. A
 * value that no number holds exactly stays text. Rows are changed in place.
 */
export function asDeclared(rows: Row[], integers: DeclaredIntegers): Row[] {
  for (const [column, form] of integers)
    for (const row of rows) {
      const value = row[column];
      if (typeof value === form) break; // so are all of the column
      if (typeof value === "number") row[column] = String(value);
      else if (typeof value === "string") {
        const number = Number(value);
        if (Number.isSafeInteger(number)) row[column] = number;
      }
    }
  return rows;
}
