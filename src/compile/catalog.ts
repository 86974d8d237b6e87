import type { ColumnDeclaration } from "../../schema/columns.ts";
import type { DeclaredRemoval, DeclaredRename } from "../../schema/declared.ts";
import { defaultConnection } from "../../schema/names.ts";
import type { SchemaFile } from "../../schema/schema-file.ts";
import type { TableDeclaration } from "../../schema/tables.ts";
import type { EnumDeclaration } from "../../schema/types.ts";
import type { Diagnostic, Location } from "../core/diagnostic.ts";
import { valueAt } from "../project/issue.ts";
import type { Parsed, Part, Path } from "../project/project.ts";
import { type ColumnType, readType } from "./column-type.ts";
import { type DeclaredNames, declaredNames } from "./declared-names.ts";
import { objectsOf, type SqlFiles } from "./objects/objects.ts";
import type { PlacedObject } from "./objects/placed-object.ts";
import { enumValuesOf, type Placed, removalsOf, renamesOf } from "./transition.ts";

/** A column that stands in a file; without a declaration where that could not be read. */
export type Column = {
  name: string;
  declaration: ColumnDeclaration | undefined;
  type: ColumnType | undefined;
};

/** A table that stands in a file. `at` takes a path inside its declaration. */
export type Table = {
  name: string;
  connection: string;
  declaration: TableDeclaration;
  columns: ReadonlyMap<string, Column>;
  at(path: Path, part?: Part): Location;
};

/** An enum that stands in a file. */
export type Enum = { values: readonly string[]; at: Location };

/** What all files of one connection declare together. */
export type ConnectionCatalog = {
  name: string;
  enums: Map<string, Enum>;
  tables: Map<string, Table>;
  /** In the order of the files, each where its old name stands. */
  renames: Placed<DeclaredRename>[];
  removals: Placed<DeclaredRemoval>[];
  /** What is declared beside tables and enums. */
  objects: PlacedObject[];
  /** The names of domains and composite types. */
  types: Set<string>;
  /** What each domain is declared over. */
  domains: Map<string, string>;
  hasExtensions: boolean;
  files: SchemaFile[];
};

/** A connection of which nothing is declared yet. */
export const emptyCatalog = (name: string): ConnectionCatalog => ({
  name,
  enums: new Map(),
  tables: new Map(),
  renames: [],
  removals: [],
  objects: [],
  types: new Set(),
  domains: new Map(),
  hasExtensions: false,
  files: [],
});

/** The declared schemas by connection. */
export type Catalog = ReadonlyMap<string, ConnectionCatalog>;

/** Merges the files of `schema/`. A name that two of them declare is reported at the second. */
export function readCatalog(
  schemas: readonly Parsed<SchemaFile>[],
  sqlFiles: SqlFiles = new Map(),
): {
  catalog: Catalog;
  diagnostics: Diagnostic[];
} {
  const catalog = new Map<string, ConnectionCatalog>();
  const diagnostics: Diagnostic[] = [];
  const names = new Map<string, DeclaredNames>();
  for (const schema of schemas) {
    const name = schema.value.connection ?? defaultConnection;
    const connection = catalog.get(name) ?? emptyCatalog(name);
    catalog.set(name, connection);
    const { isFirst, firstOf } = names.get(name) ?? declaredNames(name, diagnostics);
    names.set(name, { isFirst, firstOf });
    connection.renames.push(...renamesOf(schema));
    connection.removals.push(...removalsOf(schema));
    connection.files.push(schema.value);
    const { domains = {}, composites = {}, extensions = {} } = schema.value;
    for (const type of [...Object.keys(domains), ...Object.keys(composites)]) connection.types.add(type);
    for (const [domain, { type }] of Object.entries(domains))
      connection.domains.set(domain, readType(type).name);
    connection.hasExtensions ||= Object.keys(extensions).length > 0;
    for (const [enumName, declaration] of Object.entries(schema.value.enums ?? {})) {
      const at = schema.at(["enums", enumName], "key");
      if (isFirst("enum", enumName, at))
        connection.enums.set(enumName, { values: valuesOf(declaration), at });
    }
    for (const tableName of keysOf(valueAt(schema.raw, ["tables"]))) {
      const at = schema.at(["tables", tableName], "key");
      const table = readTable(schema, name, tableName);
      const isNew = isFirst("table", tableName, at);
      const first = connection.tables.get(tableName);
      if (first !== undefined) connection.tables.set(tableName, together(first, table));
      else if (isNew) connection.tables.set(tableName, table);
    }
    connection.objects.push(...firstOf(objectsOf(schema, sqlFiles, diagnostics)));
  }
  return { catalog, diagnostics };
}

const valuesOf = (declaration: EnumDeclaration): string[] =>
  enumValuesOf(declaration).map((value) => (typeof value === "string" ? value : value.value));

function readTable(schema: Parsed<SchemaFile>, connection: string, name: string): Table {
  const tables = schema.value.tables ?? {};
  const declaration = (Object.hasOwn(tables, name) ? tables[name] : undefined) ?? { columns: {} };
  const written = keysOf(valueAt(schema.raw, ["tables", name, "columns"]));
  const columns = written.map((column): [string, Column] => {
    const declared = Object.hasOwn(declaration.columns, column) ? declaration.columns[column] : undefined;
    return [column, { name: column, declaration: declared, type: declared && readType(declared.type) }];
  });
  return {
    name,
    connection,
    declaration,
    columns: new Map(columns),
    at: (path, part) => schema.at(["tables", name, ...path], part),
  };
}

/** Two tables of one name are one mistake: what names a column of either is not to be reported beside it. */
function together(first: Table, second: Table): Table {
  return {
    ...first,
    declaration: {
      ...first.declaration,
      columns: { ...second.declaration.columns, ...first.declaration.columns },
    },
    columns: new Map([...second.columns, ...first.columns]),
    at([head, column, ...rest], part) {
      const isOfSecond = head === "columns" && column !== undefined && !first.columns.has(String(column));
      const path = [head, column, ...rest].filter((segment) => segment !== undefined);
      return (isOfSecond ? second : first).at(path, part);
    },
  };
}

const keysOf = (value: unknown): string[] =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
