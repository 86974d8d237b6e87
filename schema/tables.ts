import { z } from "zod";
import { columnName, connectionName, existingName, identifier } from "./names.ts";

/** What happens to a row when the row it refers to is deleted or changed. */
export const referentialAction = z.enum(["no action", "restrict", "cascade", "set null", "set default"]);
export type ReferentialAction = z.infer<typeof referentialAction>;

const expression = z.string().min(1);

const renamedFrom = existingName.optional().meta({
  description:
    "The name that this had before. Where the database still has that name, it is renamed and keeps its data.",
});

const defaultValue = z
  .union([
    z.string(),
    z.number(),
    z.boolean(),
    z.strictObject({ value: z.union([z.string(), z.number(), z.boolean()]) }),
    z.strictObject({ sql: expression }),
  ])
  .meta({
    description:
      "A number, a boolean, a value of the enum, an SQL expression such as now(), { value: some text } or { sql: ... }.",
  });

/** One column. `nullable` is true unless said otherwise, as in SQL. */
export const columnDeclaration = z.strictObject({
  type: z.string().min(1).meta({ description: "A Postgres type, or an enum declared in this connection." }),
  nullable: z.boolean().optional(),
  default: defaultValue.optional(),
  primaryKey: z.boolean().optional(),
  unique: z.boolean().optional(),
  check: expression.optional().meta({ description: "An SQL condition that every row must meet." }),
  references: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}\.[a-z_][a-z0-9_]{0,62}$/, "write TABLE.COLUMN")
    .optional()
    .meta({ description: "The column this one refers to, as TABLE.COLUMN." }),
  onDelete: referentialAction.optional(),
  onUpdate: referentialAction.optional(),
  renamedFrom,
});
export type ColumnDeclaration = z.infer<typeof columnDeclaration>;

const columnList = z.array(columnName).min(1);

const uniqueDeclaration = z.union([
  columnList,
  z.strictObject({ name: identifier.optional(), columns: columnList }),
]);

const foreignKeyDeclaration = z.strictObject({
  name: identifier.optional(),
  columns: columnList,
  references: z.strictObject({ table: identifier, columns: columnList }),
  onDelete: referentialAction.optional(),
  onUpdate: referentialAction.optional(),
});

const indexColumn = z.union([
  columnName,
  z.strictObject({
    column: columnName.optional(),
    expression: expression.optional(),
    direction: z.enum(["asc", "desc"]).optional(),
    nulls: z.enum(["first", "last"]).optional(),
    opclass: identifier.optional(),
  }),
]);

const indexDeclaration = z.strictObject({
  name: identifier.optional(),
  columns: z.array(indexColumn).min(1),
  unique: z.boolean().optional(),
  method: z.enum(["btree", "hash", "gin", "gist", "spgist", "brin"]).optional(),
  where: expression.optional(),
});
export type IndexDeclaration = z.infer<typeof indexDeclaration>;

/** One table. Keys that span columns stand beside `columns`. */
export const tableDeclaration = z.strictObject({
  columns: z.record(columnName, columnDeclaration),
  primaryKey: columnList.optional(),
  unique: z.array(uniqueDeclaration).optional(),
  checks: z.record(identifier, expression).optional().meta({ description: "Named SQL conditions." }),
  foreignKeys: z.array(foreignKeyDeclaration).optional(),
  indexes: z.array(indexDeclaration).optional(),
  renamedFrom,
});
export type TableDeclaration = z.infer<typeof tableDeclaration>;

const enumValue = z.string().min(1).max(63);
const enumValues = z
  .array(z.union([enumValue, z.strictObject({ value: enumValue, renamedFrom: enumValue })]))
  .min(1);

/** The values of an enum in their order, beside which its own former name may stand. */
const enumDeclaration = z.union([enumValues, z.strictObject({ renamedFrom, values: enumValues })]);
export type EnumDeclaration = z.infer<typeof enumDeclaration>;

const existingNames = z.array(existingName).min(1);

/** What goes, with all of its data. A line may stay after it is gone; where there is nothing to drop, it does nothing. */
const removedDeclaration = z
  .strictObject({
    tables: existingNames.optional(),
    columns: z
      .record(identifier, existingNames)
      .optional()
      .meta({ description: "Columns, by the table that had them." }),
    enums: existingNames.optional(),
  })
  .meta({ description: "What is dropped from the database, with all of its data." });

/** `schema/*.yaml`: tables and enums of one connection. */
export const schemaFile = z
  .strictObject({
    connection: connectionName.optional(),
    enums: z.record(identifier, enumDeclaration).optional(),
    tables: z.record(identifier, tableDeclaration).optional(),
    removed: removedDeclaration.optional(),
  })
  .meta({ title: "schema/*.yaml", description: "Tables and enums of one connection." });
export type SchemaFile = z.infer<typeof schemaFile>;
