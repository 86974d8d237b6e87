import { quoteName } from "../../database/identifier.ts";

/** A type as it stands after `::`. Declared ones are quoted, for one may be called like a word of SQL. */
export function castType(type: string, isDeclared: (name: string) => boolean): string {
  const [, name = type, dimensions = ""] = /^([^[\]]+?)\s*((?:\[\d*\])*)$/.exec(type.trim()) ?? [];
  return isDeclared(name) ? `${quoteName(name)}${dimensions}` : type;
}
