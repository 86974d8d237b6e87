import type {
  DeclaredKeyRename,
  DeclaredSchema,
  DeclaredTable,
  PlanningHints,
} from "../../schema/declared.ts";
import type { Diagnostic, Location } from "../core/diagnostic.ts";
import type { DeclaredObject } from "../database/shadow/render.ts";
import type { ConnectionCatalog } from "./catalog.ts";
import { declareColumn } from "./declare-column.ts";
import { declareKeys } from "./declare-keys.ts";
import { keyOf } from "./key-columns.ts";
import { misspeltType } from "./known-type.ts";
import { partitionKey } from "./objects/partitions.ts";
import type { PlacedObject } from "./objects/placed-object.ts";
import { rowSecurityOf } from "./objects/policies.ts";
import { type NamedPart, tableComments } from "./objects/table-comments.ts";
import { planningHints } from "./planning-hints.ts";
import { tableOptions } from "./table-options.ts";
import type { TableScope } from "./table-scope.ts";
import { takenNames } from "./taken-names.ts";

/** A connection's schema, normalised, and where each of its objects stands. */
export type Declaration = {
  schema: DeclaredSchema;
  hints: PlanningHints;
  /** `part` narrows a column to its type or its default. */
  placeOf(object: DeclaredObject, part?: "type" | "default"): Location | undefined;
  diagnostics: Diagnostic[];
};

/**
 * Merges a connection's tables into one schema, with every key, check and index named as Postgres would. What names
 * a column, a table or a type that is not there is left out: the rules report it.
 */
export function declareConnection(catalog: ConnectionCatalog): Declaration {
  const places = new Map<string, Location>();
  const diagnostics: Diagnostic[] = [];
  const names = takenNames(catalog);
  const note: TableScope["note"] = (object, at, part) =>
    void places.set(`${identityOf(object)}${part === undefined ? "" : `.${part}`}`, at);
  const enums = [...catalog.enums].map(([name, { values, at }]) => {
    note({ kind: "enum", name }, at);
    return [name, [...values]] satisfies [string, string[]];
  });
  for (const { object, at } of catalog.objects) note(object, at);
  const tables = [...catalog.tables.values()].map(
    (table) => [table.name, declareTable({ table, catalog, names, note, diagnostics })] as const,
  );
  const comments = tables.flatMap(([, one]) => one.comments);
  for (const { object, at } of comments) note(object, at);
  const objects = [...catalog.objects, ...comments].map(({ object }) => object);
  return {
    schema: {
      enums: Object.fromEntries(enums),
      tables: Object.fromEntries(tables.map(([name, { table }]) => [name, table])),
      ...(objects.length === 0 ? {} : { objects }),
    },
    hints: planningHints(
      catalog,
      tables.flatMap(([, { renames }]) => renames),
    ),
    placeOf: (object, part) => {
      const place = places.get(identityOf(object));
      return part === undefined ? place : (places.get(`${identityOf(object)}.${part}`) ?? place);
    },
    diagnostics,
  };
}

const identityOf = ({ kind, table = "", name }: DeclaredObject): string =>
  JSON.stringify([kind, table, name]);

type TableDeclared = { table: DeclaredTable; renames: DeclaredKeyRename[]; comments: PlacedObject[] };

function declareTable(scope: TableScope): TableDeclared {
  const { table, catalog, note } = scope;
  const { declaration } = table;
  const { partitionBy } = declaration;
  note({ kind: "table", name: table.name }, table.at([], "key"));
  const columns = Object.entries(declaration.columns).filter(
    ([, { type }]) => misspeltType(type, catalog) === undefined,
  );
  const marked = columns.filter(([, { primaryKey }]) => primaryKey === true).map(([column]) => column);
  const primary =
    declaration.primaryKey === undefined
      ? { columns: marked, path: ["columns", marked[0] ?? "", "primaryKey"] }
      : { ...keyOf(declaration.primaryKey), path: ["primaryKey"] };
  const named: NamedPart[] = [];
  const noteNamed: TableScope["note"] = (object, at, part) => {
    note(object, at, part);
    named.push({ object, at });
  };
  const { keys, renames } = declareKeys({ ...scope, note: noteNamed }, columns, primary);
  return {
    table: {
      columns: Object.fromEntries(
        columns.map(([column, declared]) => [
          column,
          declareColumn(scope, column, declared, primary.columns.includes(column)),
        ]),
      ),
      ...keys,
      ...tableOptions(declaration),
      ...(partitionBy === undefined ? {} : { partitionBy: partitionKey(partitionBy) }),
      ...rowSecurityOf(declaration),
    },
    renames,
    comments: tableComments(
      table,
      columns.map(([column]) => column),
      named,
    ),
  };
}
