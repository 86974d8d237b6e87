import { suggest } from "../core/suggest.ts";
import type { ConnectionCatalog } from "./catalog.ts";
import { builtInTypes, type ColumnType, isBuiltIn, isTypeText, readType } from "./column-type.ts";

/** What has rows beside tables, and so is a type too. */
const withRows: ReadonlySet<string> = new Set(["view", "materializedView", "partition"]);

const declaredTypes = ({ enums, types, tables, objects }: ConnectionCatalog): string[] => [
  ...enums.keys(),
  ...types,
  ...tables.keys(),
  ...objects.flatMap(({ object: { kind, name } }) => (withRows.has(kind) ? [name] : [])),
];

const isDeclared = (type: string, { enums, types, tables, objects }: ConnectionCatalog): boolean =>
  enums.has(type) ||
  types.has(type) ||
  tables.has(type) ||
  objects.some(({ object: { kind, name } }) => name === type && withRows.has(kind));

/** Why a type's text names no type that is known, as a hint; undefined where it does. What an extension brings may be. */
export function unknownType(text: string, connection: ConnectionCatalog | undefined): string | undefined {
  return isTypeText(text) && isKnown(text, connection)
    ? undefined
    : (nearestTo(text, connection) ?? "Name a Postgres type, or one that is declared in this connection.");
}

/** Why a column's type is none, as a hint. What has the shape of a type and is not nearly another is Postgres' to judge. */
export function misspeltType(text: string, connection: ConnectionCatalog): string | undefined {
  if (!isTypeText(text)) return unknownType(text, connection);
  return isKnown(text, connection) ? undefined : nearestTo(text, connection);
}

const nearestTo = (text: string, connection: ConnectionCatalog | undefined): string | undefined =>
  suggest(readType(text).name, [
    ...(connection === undefined ? [] : declaredTypes(connection)),
    ...builtInTypes,
  ]);

function isKnown(text: string, connection: ConnectionCatalog | undefined): boolean {
  const type = readType(text);
  if (isBuiltIn(type) || connection === undefined) return isBuiltIn(type);
  return connection.hasExtensions || isDeclared(type.name, connection);
}

const families: readonly ReadonlySet<string>[] = [
  new Set(["smallint", "integer", "bigint", "numeric", "real", "double precision"]),
  new Set(["text", "character varying", "character", "name"]),
];

/**
 * Whether a column of one type can refer to, and be compared with, a column of the other. Of what is neither built in
 * nor an enum, such as a domain, only Postgres knows.
 */
export function areComparable(a: ColumnType, b: ColumnType, { enums }: ConnectionCatalog): boolean {
  const isJudged = (type: ColumnType): boolean => isBuiltIn(type) || enums.has(type.name);
  if (!isJudged(a) || !isJudged(b)) return true;
  return (
    a.array === b.array &&
    (a.name === b.name || families.some((family) => family.has(a.name) && family.has(b.name)))
  );
}
