import { quoteIdentifier } from "../../database/identifier.ts";

/** A type as it stands after `::`. Enums are quoted, for one may be called like a word of SQL. */
export function castType(type: string, isEnum: (name: string) => boolean): string {
  const [, name = type, dimensions = ""] = /^([^[\]]+?)\s*((?:\[\d*\])*)$/.exec(type.trim()) ?? [];
  return isEnum(name) ? `${quoteIdentifier(name)}${dimensions}` : type;
}
