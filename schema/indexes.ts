import { z } from "zod";
import { columnList } from "./constraints.ts";
import { columnName, identifier, qualifiedName } from "./names.ts";
import { comment, expression, lintExceptions, storageParameters } from "./schema-parts.ts";

const indexColumn = z.union([
  columnName,
  z.strictObject({
    column: columnName.optional(),
    expression: expression.optional(),
    direction: z.enum(["asc", "desc"]).optional(),
    nulls: z.enum(["first", "last"]).optional(),
    opclass: qualifiedName.optional(),
    collation: z.string().min(1).optional(),
  }),
]);

/** One index of a table or a materialized view. */
export const indexDeclaration = z.strictObject({
  name: identifier.optional(),
  columns: z.array(indexColumn).min(1),
  include: columnList.optional().meta({ description: "Columns that the index holds beside its key." }),
  unique: z.boolean().optional(),
  nullsNotDistinct: z
    .boolean()
    .optional()
    .meta({ description: "Whether two nulls are equal (Postgres 15)." }),
  method: z.enum(["btree", "hash", "gin", "gist", "spgist", "brin"]).optional(),
  where: expression.optional(),
  storage: storageParameters.optional(),
  comment: comment.optional(),
  lint: lintExceptions.optional(),
});
export type IndexDeclaration = z.infer<typeof indexDeclaration>;
