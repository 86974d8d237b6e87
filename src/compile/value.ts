import type { Scalar } from "../../schema/predicate.ts";
import { suggest } from "../core/suggest.ts";
import type { ConnectionCatalog } from "./catalog.ts";
import type { ColumnType } from "./column-type.ts";

/** Why a literal cannot be a value of a column. */
export type ValueProblem = { message: string; hint?: string | undefined };

const whole = new Set(["smallint", "integer", "bigint"]);
const numbers = new Set([...whole, "numeric", "real", "double precision"]);
const texts = new Set(["text", "character varying", "character", "name"]);
const judged: ReadonlySet<string> = new Set([...texts, "boolean", "uuid"]);
const dated = new Set(["date", "timestamp with time zone", "timestamp without time zone"]);
const uuid = /^\{?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\}?$/i;
const date = /^(?:[+-]?\d{4,}-\d{1,2}-\d{1,2}(?!\d).*|now|today|tomorrow|yesterday|epoch|-?infinity)$/i;

/** Whether {@link valueProblem} knows all values of a type; of others Postgres has the last word. */
export const isJudged = (type: ColumnType, connection: ConnectionCatalog): boolean =>
  !type.array && (judged.has(type.name) || connection.enums.has(type.name));

/** Judges a literal by a column's type; what only Postgres could judge passes. null is of every type. */
export function valueProblem(
  value: Scalar,
  type: ColumnType,
  connection: ConnectionCatalog | undefined,
): ValueProblem | undefined {
  if (value === null || type.array) return undefined;
  const values = connection?.enums.get(type.name)?.values;
  if (values !== undefined) {
    if (typeof value === "string" && values.includes(value)) return undefined;
    return {
      message: `\`${value}\` is not a value of \`${type.name}\`.`,
      hint: suggest(String(value), values) ?? `There are ${values.join(", ")}.`,
    };
  }
  if (fits(value, type.name)) return undefined;
  const shown = typeof value === "string" ? `The text \`${value.slice(0, 60)}\`` : `\`${value}\``;
  const hint = texts.has(type.name) ? "Put it in quotes." : undefined;
  return { message: `${shown} is not of type \`${type.name}\`.`, hint };
}

function fits(value: string | number | boolean, type: string): boolean {
  if (type === "boolean") return typeof value === "boolean";
  if (whole.has(type)) return /^[+-]?\d+$/.test(String(value)) && typeof value !== "boolean";
  if (numbers.has(type))
    return (
      typeof value !== "boolean" &&
      /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|nan|[+-]?infinity)$/i.test(String(value))
    );
  if (texts.has(type)) return typeof value === "string";
  if (type === "uuid") return typeof value === "string" && uuid.test(value);
  if (dated.has(type)) return typeof value === "string" && date.test(value);
  return true;
}
