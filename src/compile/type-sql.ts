import { quoteName } from "../database/identifier.ts";
import { isBuiltIn, readType } from "./column-type.ts";

/** A type as it stands in SQL: a name that is no type of Postgres' own is quoted, so that its case is kept. */
export function typeSql(text: string): string {
  const [, name = "", dimensions = ""] = /^((?:[\w-]+\.)?\w+)\s*((?:\[\d*\])*)$/.exec(text.trim()) ?? [];
  return name === "" || isBuiltIn(readType(name)) ? text : `${quoteName(name)}${dimensions}`;
}
