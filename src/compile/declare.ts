import type {
  DeclaredForeignKey,
  DeclaredIndex,
  DeclaredSchema,
  DeclaredTable,
  PlanningHints,
} from "../../schema/declared.ts";
import type { IndexDeclaration } from "../../schema/indexes.ts";
import type { Diagnostic, Location } from "../core/diagnostic.ts";
import { quoteIdentifier } from "../database/identifier.ts";
import type { DeclaredObject } from "../database/shadow/render.ts";
import { problem } from "../project/problem.ts";
import type { Path } from "../project/project.ts";
import type { ConnectionCatalog, Table } from "./catalog.ts";
import { freeName, type Taken } from "./constraint-name.ts";
import { declareColumn } from "./declare-column.ts";
import { referencesOf } from "./foreign-keys.ts";
import { checkExpressionOf, keyColumns } from "./key-columns.ts";
import { isKnownType } from "./known-type.ts";
import { planningHints } from "./planning-hints.ts";
import { tableOptions } from "./table-options.ts";

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
  const relations: Taken = new Set(catalog.tables.keys());
  const enums = [...catalog.enums].map(([name, { values, at }]) => {
    places.set(identityOf({ kind: "enum", name }), at);
    return [name, [...values]] satisfies [string, string[]];
  });
  for (const { object, at } of catalog.objects) places.set(identityOf(object), at);
  const tables = [...catalog.tables.values()].map(
    (table) => [table.name, declareTable({ table, catalog, relations, places, diagnostics })] as const,
  );
  return {
    schema: {
      enums: Object.fromEntries(enums),
      tables: Object.fromEntries(tables),
      ...(catalog.objects.length === 0 ? {} : { objects: catalog.objects.map(({ object }) => object) }),
    },
    hints: planningHints(catalog),
    placeOf: (object, part) => {
      const place = places.get(identityOf(object));
      return part === undefined ? place : (places.get(`${identityOf(object)}.${part}`) ?? place);
    },
    diagnostics,
  };
}

type Scope = {
  table: Table;
  catalog: ConnectionCatalog;
  relations: Taken;
  places: Map<string, Location>;
  diagnostics: Diagnostic[];
};

const identityOf = ({ kind, table = "", name }: DeclaredObject): string =>
  JSON.stringify([kind, table, name]);

function declareTable(scope: Scope): DeclaredTable {
  const { table, catalog, places } = scope;
  const { declaration } = table;
  places.set(identityOf({ kind: "table", name: table.name }), table.at([], "key"));
  const columns = Object.entries(declaration.columns).filter(([, { type }]) => isKnownType(type, catalog));
  const present = new Set(columns.map(([name]) => name));
  const hasAll = (names: readonly string[]): boolean => names.every((name) => present.has(name));
  const name = namer(scope);
  const note = (object: DeclaredObject, at: Location, part?: "type" | "default"): void =>
    void places.set(`${identityOf(object)}${part === undefined ? "" : `.${part}`}`, at);

  const listed = keyColumns(declaration.primaryKey);
  const marked = columns.filter(([, { primaryKey }]) => primaryKey === true).map(([column]) => column);
  const primary = listed.length > 0 ? listed : marked;
  const primaryPath = listed.length > 0 ? ["primaryKey"] : ["columns", marked[0] ?? "", "primaryKey"];
  return {
    columns: Object.fromEntries(
      columns.map(([column, declared]) => [
        column,
        declareColumn({ table, catalog, note }, column, declared, primary.includes(column)),
      ]),
    ),
    ...(primary.length > 0 && hasAll(primary)
      ? { primaryKey: { name: name("primaryKey", "", "pkey", primaryPath), columns: [...primary] } }
      : {}),
    uniques: [
      ...columns
        .filter(([, { unique }]) => unique === true)
        .map(([column]) => ({
          columns: [column],
          name: name("unique", column, "key", ["columns", column, "unique"]),
        })),
      ...(declaration.unique ?? []).flatMap((unique, index) => {
        const { columns: list, name: given = undefined } = Array.isArray(unique)
          ? { columns: unique }
          : unique;
        if (!hasAll(list)) return [];
        return [
          { columns: [...list], name: name("unique", list.join("_"), "key", ["unique", index], given) },
        ];
      }),
    ],
    checks: [
      ...columns.flatMap(([column, { check }]) =>
        check === undefined
          ? []
          : [{ name: name("check", column, "check", ["columns", column, "check"]), expression: check }],
      ),
      ...Object.entries(declaration.checks ?? {}).map(([given, expression]) => ({
        name: name("check", "", "check", ["checks", given], given),
        expression: checkExpressionOf(expression),
      })),
    ],
    foreignKeys: referencesOf(table).flatMap((reference): DeclaredForeignKey[] => {
      const target = catalog.tables.get(reference.table);
      const there = target && reference.references.every((column) => target.columns.get(column)?.declaration);
      if (!there || !hasAll(reference.columns) || reference.columns.length !== reference.references.length)
        return [];
      const { path, columns: own, references, name: given, ...rest } = reference;
      const chosen = name("foreignKey", own.join("_"), "fkey", path, given);
      return [{ ...rest, name: chosen, columns: [...own], references: [...references] }];
    }),
    indexes: (declaration.indexes ?? []).flatMap((index, position): DeclaredIndex[] => {
      const named = index.columns.flatMap((part) => (typeof part === "string" ? part : (part.column ?? [])));
      if (!hasAll(named)) return [];
      const parts = index.columns.map((part) =>
        typeof part === "string" ? part : (part.column ?? expressionName(part.expression)),
      );
      const chosen = name("index", parts.join("_"), "idx", ["indexes", position], index.name);
      return [declareIndex(chosen, index)];
    }),
    ...tableOptions(declaration),
  };
}

/** What Postgres calls an expression in an index's name: the function that it calls, else `expr`. */
const expressionName = (expression = ""): string =>
  /^\s*([a-z_][a-z0-9_]*)\s*\([^()]*\)\s*$/.exec(expression)?.[1] ?? "expr";

/** Names one object of the table and notes where it stands; a given name that is taken is reported. */
function namer({ table, relations, places, diagnostics }: Scope) {
  const constraints: Taken = new Set();
  return (
    kind: DeclaredObject["kind"],
    columns: string,
    label: string,
    path: Path,
    given?: string,
  ): string => {
    // An index lives among the relations, a check among its table's constraints; a key is both.
    const taken = kind === "check" || kind === "foreignKey" ? [constraints] : [constraints, relations];
    const at = table.at(path);
    const all: Taken = new Set(taken.flatMap((names) => [...names]));
    if (given !== undefined && all.has(given))
      diagnostics.push(
        problem(at, "duplicate_name", `The name \`${given}\` is taken.`, "Give it another name."),
      );
    const name = given ?? freeName(table.name, columns, label, all);
    for (const names of taken) names.add(name);
    places.set(identityOf({ kind, table: table.name, name }), at);
    return name;
  };
}

function declareIndex(name: string, { columns, unique, method, where }: IndexDeclaration): DeclaredIndex {
  return {
    name,
    columns: columns.map((part) => {
      if (typeof part === "string") return quoteIdentifier(part);
      const subject = part.column === undefined ? `(${part.expression ?? ""})` : quoteIdentifier(part.column);
      const words = [
        part.opclass && quoteIdentifier(part.opclass),
        part.direction,
        part.nulls && `nulls ${part.nulls}`,
      ];
      return [subject, ...words.filter((word) => word !== undefined)].join(" ");
    }),
    unique: unique ?? false,
    method: method ?? "btree",
    ...(where === undefined ? {} : { where }),
  };
}
