import type { DeclaredScope } from "../../../schema/declared.ts";
import { defaultSchema } from "../../../schema/names.ts";
import type { Database } from "../database.ts";
import { kinds } from "../kinds/kinds.ts";
import { type CatalogObject, type Key, keyOf, keyOfObject } from "../model/catalog-object.ts";
import type { Column, Constraint, Index, Model, OtherObject, Table } from "../model/model.ts";
import { columnsQuery } from "./columns-query.ts";
import { readComments } from "./comments.ts";
import { type Identities, identityOf, readDependencies } from "./dependencies.ts";
import { type HiddenColumns, readHiddenColumns } from "./hidden-columns.ts";
import { constraintsQuery, indexesQuery } from "./key-queries.ts";
import { readOthersOfPartitions } from "./others-of-partitions.ts";
import { preparing } from "./prepared.ts";
import { enumsQuery, othersQuery, spelling, tablesQuery } from "./queries.ts";
import { ignores, wholePublic } from "./scope.ts";

/** The members of a row that are not null. */
type Row<T> = { [Key in keyof T]: undefined extends T[Key] ? Exclude<T[Key], undefined> | null : T[Key] };
type Named = { table: string; name: string };
type TableOptions = Omit<Table, "columns" | "constraints" | "indexes">;
type ObjectRow = {
  oid: string;
  schema: string;
  name: string;
  table: string | null;
  facts: CatalogObject["facts"];
  grants: string[] | null;
  rows?: string | null;
  /** The tables that a partition is in. */
  within?: string[];
};

/**
 * Reads what is in the managed schemas, in the transaction that is open. The one reader for what is live and for
 * what is desired, so that two texts differ only where the databases do.
 */
export async function readModel(session: Database, scope: DeclaredScope = wholePublic): Promise<Model> {
  const database = preparing(session);
  const planning = session.keepsStatements === true ? "; set local plan_cache_mode = force_generic_plan" : "";
  await database.script(`${spelling}${planning}`);
  const version = await versionOf(database);
  const schemas = [scope.schemas];
  const isIgnored = ignores(scope);
  const identities: Identities = new Map();
  const hidden = await readHiddenColumns(database, scope.schemas);
  const kept = <T extends { oid: string; table?: string; name: string }>(
    catalog: string,
    rows: readonly T[],
  ): T[] => rows.filter(({ oid, table, name }) => !isIgnored(name, table) && !hidden.has(catalog, oid));

  const enums = kept(
    "pg_type",
    await database.query<{ oid: string; name: string; values: string[] }>(enumsQuery, schemas),
  );
  const tables = kept(
    "pg_class",
    await database.query<{ oid: string; name: string } & Row<TableOptions>>(tablesQuery, schemas),
  );
  const columns = (
    await database.query<Named & { relation: string; number: number } & Row<Column>>(
      columnsQuery(version),
      schemas,
    )
  ).filter(({ table, relation, number }) => !isIgnored(table) && !hidden.has("pg_class", relation, number));
  const constraints = kept(
    "pg_constraint",
    await database.query<
      Named & { oid: string; indexOid: string | null; isForeign: boolean } & Row<Constraint>
    >(constraintsQuery(version), schemas),
  );
  // Where a foreign key leads to what is ignored, no declaration can name it.
  for (const row of constraints) row.expressible &&= !isIgnored(row.references?.table ?? row.table);
  const indexes = kept(
    "pg_class",
    await database.query<Named & { oid: string } & Row<Index>>(indexesQuery(version), schemas),
  );
  for (const { oid, name } of enums) identities.set(identityOf("pg_type", oid), keyOf("enum", name));
  for (const { oid, name } of tables) identities.set(identityOf("pg_class", oid), keyOf("table", name));
  for (const { relation, number, name, table } of columns)
    identities.set(identityOf("pg_class", relation, number), keyOf("column", name, table));
  for (const { oid, indexOid, isForeign, name, table } of constraints) {
    identities.set(identityOf("pg_constraint", oid), keyOf("constraint", name, table));
    if (indexOid !== null && !isForeign)
      identities.set(identityOf("pg_class", indexOid), keyOf("constraint", name, table));
  }
  for (const { oid, name, table } of indexes)
    identities.set(identityOf("pg_class", oid), keyOf("index", name, table));

  const objects = await readObjects(database, scope, identities, hidden);
  const others = [
    ...(await database.query<OtherObject>(othersQuery, schemas)),
    ...(await readOthersOfPartitions(database, scope)),
  ];
  const columnsOf = grouped(columns);
  const constraintsOf = grouped(constraints);
  const indexesOf = grouped(indexes);
  return {
    version,
    enums: new Map(enums.map(({ name, values }) => [name, values])),
    tables: new Map(
      tables.map(({ oid, name, ...options }) => [
        name,
        {
          columns: new Map((columnsOf.get(name) ?? []).map((row) => [row.name, columnOf(row, scope)])),
          constraints: new Map((constraintsOf.get(name) ?? []).map((row) => [row.name, constraintOf(row)])),
          indexes: new Map((indexesOf.get(name) ?? []).map((row) => [row.name, indexOf(row)])),
          ...present(options),
        },
      ]),
    ),
    objects,
    ...(await readComments(database, scope.schemas, identities)),
    dependencies: await readDependencies(database, identities),
    others: [
      ...others.filter(({ name }) => !isIgnored(name)),
      ...[
        ...hidden.columns.map(({ table, name }) => ({ table, kind: "column", name: `${table}.${name}` })),
        ...hidden.dependents,
      ].flatMap(({ table, kind, name }) => (isIgnored(table) ? [] : [{ kind, name }])),
    ],
  };
}

async function versionOf(database: Database): Promise<number> {
  const [row] = await database.query<{ version: number }>(
    "select current_setting('server_version_num')::int4 as version",
  );
  return row?.version ?? 0;
}

async function readObjects(
  database: Database,
  scope: DeclaredScope,
  identities: Identities,
  hidden: HiddenColumns,
): Promise<ReadonlyMap<Key, CatalogObject>> {
  const objects = new Map<Key, CatalogObject>();
  const isIgnored = ignores(scope);
  const isHidden = (name: string): boolean => isIgnored(name) || scope.unmanagedPartitions.includes(name);
  for (const { kind, query, catalog, within } of kinds)
    for (const row of await database.query<ObjectRow>(query, [scope.schemas])) {
      if (hidden.has(catalog, row.oid)) continue;
      const inSchema = (name: string): string =>
        row.schema === defaultSchema ? name : `${row.schema}.${name}`;
      const read: CatalogObject = {
        kind,
        name: row.table === null ? inSchema(row.name) : row.name,
        ...(row.table === null ? {} : { table: inSchema(row.table) }),
        facts: row.facts,
        ...(row.grants === null ? {} : { grants: row.grants }),
        ...(row.rows === undefined || row.rows === null ? {} : { rows: row.rows }),
      };
      const object = within === undefined ? read : within(read, scope);
      if (object === undefined) continue;
      if (isIgnored(object.name, object.table) || (row.within ?? []).some(isHidden)) continue;
      objects.set(keyOfObject(object), object);
      identities.set(identityOf(catalog, row.oid), keyOfObject(object));
    }
  return objects;
}

const grouped = <T extends Named>(rows: readonly T[]): ReadonlyMap<string, T[]> =>
  Map.groupBy(rows, ({ table }) => table);

const present = ({
  partitionBy,
  partitionColumns,
  storage,
  unlogged,
  rowSecurity,
  tablespace,
}: Row<TableOptions>): TableOptions => ({
  ...(partitionBy === null ? {} : { partitionBy }),
  ...(partitionColumns === null ? {} : { partitionColumns }),
  ...(storage === null ? {} : { storage }),
  ...(unlogged === null ? {} : { unlogged }),
  ...(rowSecurity === null ? {} : { rowSecurity }),
  ...(tablespace === null ? {} : { tablespace }),
});

/** A sequence that is declared by itself is no part of its column. */
const isApart = (sequence: string, { sequences = [] }: DeclaredScope): boolean =>
  sequences.includes(sequence.replaceAll('"', ""));

const columnOf = (read: Row<Column>, scope: DeclaredScope): Column => {
  const isSerial = typeof read.sequence === "string" && !isApart(read.sequence, scope);
  const row = isSerial ? read : { ...read, serial: false, sequence: null };
  return {
    type: row.type,
    nullable: row.nullable,
    serial: row.serial,
    ...(row.default === null || row.serial ? {} : { default: row.default }),
    ...(row.collation === null ? {} : { collation: row.collation }),
    ...(row.sequence === null ? {} : { sequence: row.sequence }),
    ...(row.notNull === null ? {} : { notNull: row.notNull }),
    ...(row.identity === null ? {} : { identity: row.identity }),
    ...(row.identityOptions === null ? {} : { identityOptions: row.identityOptions }),
    ...(row.generated === null ? {} : { generated: row.generated }),
    ...(row.storage === null ? {} : { storage: row.storage }),
    ...(row.compression === null ? {} : { compression: row.compression }),
    ...(row.statistics === null ? {} : { statistics: row.statistics }),
  };
};

const constraintOf = (row: Row<Constraint>): Constraint => ({
  kind: row.kind,
  definition: row.definition,
  columns: row.columns,
  validated: row.validated,
  expressible: row.expressible,
  ...(row.expression === null ? {} : { expression: row.expression }),
  ...(row.nullsNotDistinct === null ? {} : { nullsNotDistinct: row.nullsNotDistinct }),
  ...(row.excludes === null ? {} : { excludes: row.excludes }),
  ...(row.predicate === null ? {} : { predicate: row.predicate }),
  ...(row.references === null ? {} : { references: row.references }),
});

const indexOf = (row: Row<Index>): Index => ({
  definition: row.definition,
  shape: row.shape,
  unique: row.unique,
  valid: row.valid,
  expressible: row.expressible,
  keys: row.keys,
  ...(row.predicate === null ? {} : { predicate: row.predicate }),
  ...(row.nullsNotDistinct === null ? {} : { nullsNotDistinct: row.nullsNotDistinct }),
  ...(row.storage === null ? {} : { storage: row.storage }),
});
