import { z } from "zod";
import { referentialAction } from "./columns.ts";
import { indexPart, isOnePart, onePart } from "./indexes.ts";
import { columnList, existingName, qualifiedName } from "./names.ts";
import { comment, expression, lintExceptions, renamedFrom } from "./schema-parts.ts";

const deferrable = z
  .enum(["deferrable", "initially deferred"])
  .optional()
  .meta({ description: "Whether the check may wait for the end of the transaction, or does so by itself." });

const shared = {
  name: existingName.optional(),
  comment: comment.optional(),
  lint: lintExceptions.optional(),
  renamedFrom,
};

const keyOptions = {
  ...shared,
  columns: columnList,
  include: columnList.optional().meta({ description: "Columns that the index holds beside the key." }),
  deferrable,
};

/** A primary key: its columns, or an object where there is more to say. */
export const primaryKeyDeclaration = z.union([columnList, z.strictObject(keyOptions)]);

/** A unique constraint: its columns, or an object where there is more to say. */
export const uniqueDeclaration = z.union([
  columnList,
  z.strictObject({
    ...keyOptions,
    nullsNotDistinct: z
      .boolean()
      .optional()
      .meta({ description: "Whether two nulls are equal (Postgres 15)." }),
  }),
]);

/** A word that only what is there already needs: nothing that is declared is made without looking at the rows. */
const validated = z.literal(false).optional().meta({
  description: "false: rows from before it may break it, and nobody looks whether they do (NOT VALID).",
});

/** A condition by its name. */
export const checkDeclaration = z.union([
  expression,
  z.strictObject({
    expression,
    noInherit: z.boolean().optional(),
    validated,
    comment: comment.optional(),
    renamedFrom,
  }),
]);

/** A foreign key. `setColumns`: those that `onDelete: set null` or `set default` sets, where it is not all. */
export const foreignKeyDeclaration = z
  .strictObject({
    ...shared,
    columns: columnList,
    references: z.strictObject({ table: qualifiedName, columns: columnList }),
    onDelete: referentialAction.optional(),
    onUpdate: referentialAction.optional(),
    setColumns: columnList.optional(),
    match: z.enum(["simple", "full"]).optional().meta({
      description: "Whether a key of several columns may be null in some (simple) or only in all (full).",
    }),
    deferrable,
    validated,
  })
  .refine(({ name, validated: looksAtRows }) => looksAtRows !== false || name !== undefined, {
    message: "write its name: beside validated: false",
    path: ["validated"],
  });

/** Rows that exclude each other: no two for which all operators hold. */
export const exclusionDeclaration = z.strictObject({
  ...shared,
  method: z
    .enum(["gist", "spgist", "btree", "hash"])
    .optional()
    .meta({ description: "The index's method; gist unless said otherwise." }),
  elements: z
    .array(
      z
        .strictObject({
          ...indexPart,
          with: z
            .string()
            .regex(
              /^(?:[A-Za-z_][A-Za-z0-9_]{0,62}\.)?[-+*/<>=~!@#%^&|`?]+$/,
              "an operator, such as && or =, or SCHEMA.&&",
            )
            .meta({ description: "The operator that holds between two rows which exclude each other." }),
        })
        .refine(isOnePart, onePart),
    )
    .min(1),
  include: columnList.optional().meta({ description: "Columns that the index holds beside the key." }),
  where: expression.optional(),
  deferrable,
});
