import type { DeclaredSchema, DeclaredTable } from "../../schema/declared.ts";
import { type DeclaredIntegers, declaredIntegers } from "../sql/declared-integers.ts";
import { quoteIdentifier } from "../sql/quote.ts";
import { type SqlType, sqlType } from "../sql/type.ts";

/** A column of the manifest; `quoted` is its name as SQL. */
export type Column = { readonly name: string; readonly quoted: string; readonly type: SqlType };

/** A table of the manifest. */
export type Table = {
  readonly name: string;
  readonly quoted: string;
  readonly columns: ReadonlyMap<string, Column>;
  readonly integers: DeclaredIntegers;
  /** Columns of which equal values name at most one row. */
  readonly keys: readonly (readonly string[])[];
  /** The columns of each constraint by its name. */
  readonly constraints: ReadonlyMap<string, readonly string[]>;
};

/** The tables of one connection by name. */
export type Tables = ReadonlyMap<string, Table>;

/** Reads the declared schema of one connection. */
export function tablesOf(schema: DeclaredSchema): Tables {
  const enums = new Map(Object.entries(schema.enums));
  return new Map(Object.entries(schema.tables).map(([name, table]) => [name, tableOf(name, table, enums)]));
}

function tableOf(
  name: string,
  declared: DeclaredTable,
  enums: ReadonlyMap<string, readonly string[]>,
): Table {
  const keys = [...(declared.primaryKey ? [declared.primaryKey] : []), ...declared.uniques];
  return {
    name,
    quoted: quoteIdentifier(name),
    columns: new Map(
      Object.entries(declared.columns).map(([column, { type }]) => [
        column,
        { name: column, quoted: quoteIdentifier(column), type: sqlType(type, enums) },
      ]),
    ),
    integers: declaredIntegers(Object.entries(declared.columns).map(([column, { type }]) => [column, type])),
    keys: keys.map((key) => key.columns),
    constraints: new Map(
      [...keys, ...declared.foreignKeys].map((constraint) => [constraint.name, constraint.columns]),
    ),
  };
}
