import type { DeclaredSchema } from "../../schema/declared.ts";
import type { Diagnostic, Location } from "../core/diagnostic.ts";
import type { SchemaProblem } from "../database/shadow/make-schema.ts";
import type { Rehearsal } from "../database/shadow/rehearsal.ts";
import { problem, startOf } from "../project/problem.ts";
import type { Declaration } from "./declare.ts";
import type { PlacedObject } from "./objects/placed-object.ts";
import { placeInSql } from "./sql/sql-source.ts";

/** What Postgres refused of a declared schema, where it stands in the files. */
export const schemaProblems = (
  { problems }: Rehearsal,
  declaration: Declaration,
  objects: readonly PlacedObject[],
): Diagnostic[] =>
  problems.map((refused) => {
    const { of, error } = refused;
    const part = of.kind === "column" ? partOf(refused, declaration) : undefined;
    const at = placeWritten(refused, objects) ?? declaration.placeOf(of, part) ?? startOf("schema");
    const said = error.message.charAt(0).toUpperCase() + error.message.slice(1);
    return problem(
      at,
      "invalid_schema",
      `Postgres refuses ${describe(refused)}: ${said.replace(/\.$/, "")}.`,
      error.hint,
    );
  });

/** Where in the SQL that a person wrote, or where the statement begins: several may have one name. */
function placeWritten(
  { of, sql, error: { position } }: SchemaProblem,
  objects: readonly PlacedObject[],
): Location | undefined {
  const found = objects.find(
    ({ object, written }) => object.kind === of.kind && object.name === of.name && written?.sql === sql,
  );
  if (found?.written === undefined) return undefined;
  return (position === undefined ? undefined : placeInSql(found.written, position)) ?? found.at;
}

/** A column is made of its type and, after it, its default or the expression that it is generated from. */
function partOf({ of, sql, error }: SchemaProblem, { schema }: Declaration): "type" | "default" {
  const column = schema.tables[of.table ?? ""]?.columns[of.name];
  const expression = column?.generated === undefined ? column?.default : `(${column.generated.expression})`;
  if (expression === undefined || error.sqlstate === "42704") return "type";
  const start = sql.lastIndexOf(
    ` ${column?.generated === undefined ? "default" : "generated always as"} ${expression}`,
  );
  if (start < 0) return "type";
  return error.position === undefined || [...sql.slice(0, start)].length < error.position
    ? "default"
    : "type";
}

const words: Readonly<Record<SchemaProblem["of"]["kind"], string>> = {
  enum: "enum",
  table: "table",
  column: "column",
  primaryKey: "primary key",
  unique: "unique",
  check: "check",
  index: "index",
  foreignKey: "foreign key",
  exclusion: "exclusion",
  schema: "schema",
  extension: "extension",
  domain: "domain",
  composite: "composite type",
  sequence: "sequence",
  routine: "function",
  partition: "partition",
  view: "view",
  materializedView: "materialized view",
  trigger: "trigger",
  policy: "policy",
  comment: "comment",
};

const describe = ({ of }: SchemaProblem): string => `the ${words[of.kind]} \`${of.name}\``;

/** The schema with Postgres' own spelling of every type. */
export const withTypes = (schema: DeclaredSchema, { columnTypes, domains }: Rehearsal): DeclaredSchema => ({
  ...schema,
  ...(Object.keys(domains).length === 0 ? {} : { domains }),
  tables: Object.fromEntries(
    Object.entries(schema.tables).map(([name, table]) => {
      const columns = Object.entries(table.columns).map(
        ([column, declared]) =>
          [column, { ...declared, type: columnTypes[name]?.[column] ?? declared.type }] as const,
      );
      return [name, { ...table, columns: Object.fromEntries(columns) }];
    }),
  ),
});
