import type { ColumnDeclaration } from "../../schema/columns.ts";
import { isBareWord } from "../compile/declare-column.ts";
import type { ColumnFacts } from "../database/snapshot/facts.ts";
import { literalOf } from "./sql-text.ts";

const numeric = new Set(["smallint", "integer", "bigint", "numeric", "real", "double precision"]);
const largestInteger = 2_147_483_647;

/** A default in the shortest form that says the same: `0`, `open`, `{ value: text }`, `now()`. */
export function defaultValue(
  sql: string,
  { castType, isEnum }: Pick<ColumnFacts, "castType" | "isEnum">,
): NonNullable<ColumnDeclaration["default"]> {
  const literal = literalOf(sql);
  if (literal?.cast !== undefined) {
    const isOwn = literal.cast === (castType === "character" ? "bpchar" : castType);
    if (isEnum && isOwn) return literal.text;
    const number = Number(literal.text);
    if (
      numeric.has(castType) &&
      number < 0 &&
      String(number) === literal.text &&
      isSpelledAs(literal.cast, number)
    )
      return number;
    if (isOwn && !numeric.has(castType) && castType !== "boolean") return { value: literal.text };
  }
  if (castType === "boolean" && /^(?:true|false)$/.test(sql)) return sql === "true";
  if (numeric.has(castType) && /^\d/.test(sql) && String(Number(sql)) === sql && Number.isFinite(Number(sql)))
    return Number(sql);
  return isBareWord(sql) || isEnum ? { sql } : sql;
}

/** Postgres takes a negative number for the smallest type that holds it. */
const isSpelledAs = (cast: string, number: number): boolean =>
  cast === (!Number.isInteger(number) ? "numeric" : number >= -largestInteger ? "integer" : "bigint");
