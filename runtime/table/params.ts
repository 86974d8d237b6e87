import { CallError } from "../error.ts";
import type { Column } from "./table.ts";

/** What came over the wire, or from logic: nothing is known of it yet. */
export type Params = Readonly<Record<string, unknown>>;

/** What is wrong with params, and where: `details.path` names the place. */
export const invalid = (path: string, problem: string): CallError =>
  new CallError("invalid_params", `\`${brief(path)}\` ${problem}.`, { details: { path: brief(path) } });

/** The one answer for a column that no rule gives to the caller, whether the table has it or not. */
export const forbiddenColumn = (path: string): CallError =>
  new CallError("forbidden", `\`${brief(path)}\` is not a column that you may use here.`, {
    details: { path: brief(path) },
  });

const longest = 200;
const brief = (path: string): string => (path.length > longest ? `${path.slice(0, longest)}…` : path);

/** Whether a value is a JSON object or a list; a number that a double would change is neither. */
export const isContainer = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !JSON.isRawJSON(value);

/** Whether a value is a JSON object. */
export const isObject = (value: unknown): value is Params => isContainer(value) && !Array.isArray(value);

/**
 * The params of a table call.
 *
 * @throws {CallError} `invalid_params` where they are no object, or have a key that is not one of `keys`.
 */
export function readParams(params: unknown, keys: ReadonlySet<string>): Params {
  if (params === undefined) return {};
  if (!isObject(params)) throw invalid("params", "is not an object");
  for (const key of Object.keys(params))
    if (!keys.has(key)) throw invalid(key, "is not a parameter of this call");
  return params;
}

/** A whole number from 0, or undefined where it is absent. */
export function readCount(value: unknown, path: string): number | undefined {
  if (value === undefined) return undefined;
  const count = JSON.isRawJSON(value) ? Number(value.rawJSON) : value; // 1.0 is one too
  if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0)
    throw invalid(path, "is not a whole number from 0");
  return count;
}

/** The columns to give back, each one that the caller may read; undefined where he did not choose. */
export function readColumns(
  value: unknown,
  readable: ReadonlyMap<string, unknown>,
): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length === 0) throw invalid("columns", "is not a list of columns");
  const columns = new Set<string>();
  for (let index = 0; index < value.length; index += 1) {
    const name: unknown = value[index];
    if (typeof name !== "string") throw invalid(`columns.${index}`, "is not the name of a column");
    if (!readable.has(name)) throw forbiddenColumn(`columns.${index}`);
    columns.add(name);
  }
  return [...columns];
}

/**
 * A value of a column as Postgres' text.
 *
 * @throws {CallError} `invalid_params` where it is not of the column's type.
 */
export function readValue(value: unknown, column: Column, path: string): string | null {
  if (value === null) return null;
  const encoded = column.type.encode(value);
  if (encoded === undefined) throw invalid(path, `is not a value of ${column.type.name}`);
  return encoded;
}
