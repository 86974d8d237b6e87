import { z } from "zod";
import { comment, expression, lintExceptions, renamedFrom } from "./schema-parts.ts";

/** What happens to a row when the row it refers to is deleted or changed. */
export const referentialAction = z.enum(["no action", "restrict", "cascade", "set null", "set default"]);
export type ReferentialAction = z.infer<typeof referentialAction>;

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

/** How a sequence counts, by itself or behind an identity column. Numbers beyond 2^53 are written as text. */
export const sequenceOptions = {
  start: z.union([z.int(), z.string().regex(/^-?\d+$/)]).optional(),
  increment: z.union([z.int(), z.string().regex(/^-?\d+$/)]).optional(),
  min: z.union([z.int(), z.string().regex(/^-?\d+$/)]).optional(),
  max: z.union([z.int(), z.string().regex(/^-?\d+$/)]).optional(),
  cache: z.int().min(1).optional(),
  cycle: z.boolean().optional(),
};

const identity = z
  .union([
    z.enum(["always", "by default"]),
    z.strictObject({ generated: z.enum(["always", "by default"]), ...sequenceOptions }),
  ])
  .meta({ description: "Numbers the rows: always, by default, or { generated: always, start: 1000 }." });
export type IdentityDeclaration = z.infer<typeof identity>;

const generated = z
  .union([expression, z.strictObject({ expression, kind: z.enum(["stored", "virtual"]).optional() })])
  .meta({
    description: "The expression that the column is always computed from; stored unless said otherwise.",
  });

/** One column. `nullable` is true unless said otherwise, as in SQL. */
export const columnDeclaration = z.strictObject({
  type: z
    .string()
    .min(1)
    .meta({ description: "A Postgres type, or one that is declared in this connection." }),
  nullable: z.boolean().optional(),
  default: defaultValue.optional(),
  identity: identity.optional(),
  generated: generated.optional(),
  collation: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "The collation of its text, such as C or de-x-icu." }),
  primaryKey: z.boolean().optional(),
  unique: z.boolean().optional(),
  check: expression.optional().meta({ description: "An SQL condition that every row must meet." }),
  references: z
    .string()
    .regex(
      /^(?:[A-Za-z_][A-Za-z0-9_-]{0,62}\.)?[A-Za-z_][A-Za-z0-9_]{0,62}\.[A-Za-z_][A-Za-z0-9_]{0,62}$/,
      "write TABLE.COLUMN, or SCHEMA.TABLE.COLUMN",
    )
    .optional()
    .meta({ description: "The column this one refers to, as TABLE.COLUMN." }),
  onDelete: referentialAction.optional(),
  onUpdate: referentialAction.optional(),
  storage: z
    .enum(["plain", "external", "extended", "main"])
    .optional()
    .meta({ description: "Where long values are kept, where it is not the type's own way." }),
  compression: z.enum(["pglz", "lz4"]).optional(),
  statistics: z
    .int()
    .min(0)
    .max(10_000)
    .optional()
    .meta({ description: "How finely ANALYZE looks at the column." }),
  backfill: expression.optional().meta({
    description:
      "An SQL expression that gives the rows that are there a value, in batches, before null is refused.",
  }),
  comment: comment.optional(),
  lint: lintExceptions.optional(),
  renamedFrom,
});
export type ColumnDeclaration = z.infer<typeof columnDeclaration>;
