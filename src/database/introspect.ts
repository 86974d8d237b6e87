import {
  columnsQuery,
  constraintsQuery,
  enumsQuery,
  indexesQuery,
  othersQuery,
  spelling,
  tablesQuery,
} from "./catalog.ts";
import type { Database } from "./database.ts";
import type { Column, Constraint, Index, Model, OtherObject } from "./model.ts";

/** The members of a row that are not null. */
type Row<T> = { [Key in keyof T]: undefined extends T[Key] ? Exclude<T[Key], undefined> | null : T[Key] };
type Named = { table: string; name: string };

/**
 * Reads what is in the schema `public`, in the transaction that is open. The one reader for what is live and for
 * what is desired, so that two texts differ only where the databases do.
 */
export async function readModel(database: Database): Promise<Model> {
  await database.script(spelling);
  const enums = await database.query<{ name: string; values: string[] }>(enumsQuery);
  const tables = await database.query<{ name: string }>(tablesQuery);
  const columns = await database.query<Named & Row<Column>>(columnsQuery);
  const constraints = await database.query<Named & Row<Constraint>>(constraintsQuery);
  const indexes = await database.query<Named & Row<Index>>(indexesQuery);
  const others = await database.query<OtherObject>(othersQuery);
  const columnsOf = grouped(columns);
  const constraintsOf = grouped(constraints);
  const indexesOf = grouped(indexes);
  return {
    enums: new Map(enums.map(({ name, values }) => [name, values])),
    tables: new Map(
      tables.map(({ name }) => [
        name,
        {
          columns: new Map((columnsOf.get(name) ?? []).map((row) => [row.name, columnOf(row)])),
          constraints: new Map((constraintsOf.get(name) ?? []).map((row) => [row.name, constraintOf(row)])),
          indexes: new Map((indexesOf.get(name) ?? []).map((row) => [row.name, indexOf(row)])),
        },
      ]),
    ),
    others,
  };
}

const grouped = <T extends Named>(rows: readonly T[]): ReadonlyMap<string, T[]> =>
  Map.groupBy(rows, ({ table }) => table);

const columnOf = (row: Row<Column>): Column => ({
  type: row.type,
  nullable: row.nullable,
  serial: row.serial,
  ...(row.default === null || row.serial ? {} : { default: row.default }),
  ...(row.collation === null ? {} : { collation: row.collation }),
  ...(row.sequence === null ? {} : { sequence: row.sequence }),
  ...(row.notNull === null ? {} : { notNull: row.notNull }),
  ...(row.identity === null ? {} : { identity: row.identity }),
  ...(row.generated === null ? {} : { generated: row.generated }),
});

const constraintOf = (row: Row<Constraint>): Constraint => ({
  kind: row.kind,
  definition: row.definition,
  columns: row.columns,
  validated: row.validated,
  expressible: row.expressible,
  ...(row.expression === null ? {} : { expression: row.expression }),
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
});
