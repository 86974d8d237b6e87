import type { ConnectionCatalog } from "./catalog.ts";
import { isBuiltIn, readType } from "./column-type.ts";

/** Whether a type is built in or declared. Which types an extension brings, only Postgres knows. */
export function isKnownType(text: string, { enums, types, hasExtensions }: ConnectionCatalog): boolean {
  const type = readType(text);
  return isBuiltIn(type) || enums.has(type.name) || types.has(type.name) || hasExtensions;
}
