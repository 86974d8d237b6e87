import type { DeclaredSchema } from "../../../schema/declared.ts";
import type { Database } from "../database.ts";
import { quoteIdentifier, quoteName } from "../identifier.ts";
import { extensionsOf } from "./extensions-of.ts";
import { makeSchema, type SchemaProblem } from "./make-schema.ts";

/** Collations of ICU and of an operating system, as servers have them: `de-x-icu`, `en_US.utf8`. */
const collationName = /\b[a-z]{2,3}(?:-[A-Za-z0-9]+)*-x-icu\b|\b[a-z]{2,3}_[A-Z]{2}(?:\.[A-Za-z0-9-]+)?\b/g;

/**
 * Makes a declared schema in the embedded Postgres, as {@link makeSchema} does. That one knows few collations and
 * extensions and no lz4: there, a collation that servers have sorts by nobody's rules, an extension is empty, and what
 * lz4 compresses is compressed as usual.
 */
export async function makeEmbedded(database: Database, declared: DeclaredSchema): Promise<SchemaProblem[]> {
  await database.provide?.(extensionsOf(declared));
  await standInForCollations(database, JSON.stringify(declared));
  return makeSchema(database, lz4Columns(declared).length === 0 ? declared : withoutLz4(declared));
}

/** Makes those of the collations that a text names which servers have and the embedded Postgres has not. */
export async function standInForCollations(database: Database, text: string): Promise<void> {
  const names = new Set(text.match(collationName));
  if (names.size === 0) return;
  const made = [...names].map(
    (name) =>
      `create collation if not exists pg_catalog.${quoteIdentifier(name)} (provider = icu, locale = 'und');`,
  );
  await database.script(`set local allow_system_table_mods = on; ${made.join(" ")}
    set local allow_system_table_mods = off`);
}

/** Lets the columns that are declared so look compressed by lz4, to be read and never to be written to. */
export async function markLz4(database: Database, declared: DeclaredSchema): Promise<void> {
  for (const { table, column } of lz4Columns(declared))
    await database.query(
      "update pg_attribute set attcompression = 'l' where attrelid = to_regclass($1::text) and attname = $2::text",
      [quoteName(table), column],
    );
}

const lz4Columns = ({ tables }: DeclaredSchema): { table: string; column: string }[] =>
  Object.entries(tables).flatMap(([table, { columns }]) =>
    Object.entries(columns).flatMap(([column, { compression }]) =>
      compression === "lz4" ? [{ table, column }] : [],
    ),
  );

const withoutLz4 = (declared: DeclaredSchema): DeclaredSchema => ({
  ...declared,
  tables: Object.fromEntries(
    Object.entries(declared.tables).map(([name, table]) => {
      const columns = Object.entries(table.columns).map(([column, { compression, ...rest }]) => [
        column,
        compression === "lz4" || compression === undefined ? rest : { ...rest, compression },
      ]);
      return [name, { ...table, columns: Object.fromEntries(columns) }];
    }),
  ),
});
