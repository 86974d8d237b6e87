import type { DeclaredForeignKey } from "../../schema/declared.ts";
import type { Column, Table } from "../database/model/model.ts";
import type { Finding, LintedSchema } from "./rule.ts";

/** Every column of every table that a test lets through, as what is found of its type. */
export function columnsWhere(
  { model }: LintedSchema,
  isFound: (column: Column, name: string) => boolean,
  say: (called: string, column: Column) => string,
): Finding[] {
  return [...model.tables].flatMap(([table, { columns }]) =>
    [...columns]
      .filter(([name, column]) => isFound(column, name))
      .map(
        ([name, column]): Finding => ({
          of: { kind: "column", table, name },
          part: "type",
          message: say(`${table}.${name}`, column),
        }),
      ),
  );
}

/** Every foreign key of every table, with the table that it is of. */
export const foreignKeysOf = ({
  declared,
}: LintedSchema): { table: string; foreignKey: DeclaredForeignKey }[] =>
  Object.entries(declared.tables).flatMap(([table, { foreignKeys }]) =>
    foreignKeys.map((foreignKey) => ({ table, foreignKey })),
  );

/** The columns of a table's primary key. */
export const primaryKeyOf = ({ constraints }: Table): readonly string[] =>
  [...constraints.values()].find(({ kind }) => kind === "primaryKey")?.columns ?? [];

/** The column that a part of an index is, where it is no expression. Names are spelt as Postgres quotes them. */
export function columnOfKey(key: string): string | undefined {
  if (/^[a-z_][a-z0-9_$]*$/.test(key)) return key;
  return /^"(?:[^"]|"")+"$/.test(key) ? key.slice(1, -1).replaceAll('""', '"') : undefined;
}
