import { z } from "zod";
import { columnList, columnName, existingName, identifier, qualifiedName } from "./names.ts";
import { comment, expression, lintExceptions, renamedFrom, storageParameters } from "./schema-parts.ts";

/** What a part of an index may say. */
export const indexPart = {
  column: columnName.optional(),
  expression: expression.optional(),
  direction: z.enum(["asc", "desc"]).optional(),
  nulls: z.enum(["first", "last"]).optional(),
  opclass: qualifiedName
    .optional()
    .meta({ description: "The operator class, such as text_pattern_ops or gin_trgm_ops." }),
  opclassParameters: storageParameters
    .optional()
    .meta({ description: "Parameters of the operator class, such as siglen: 32." }),
  collation: z.string().min(1).optional(),
};

/** Whether a part is of one thing. */
export const isOnePart = ({ column, expression: own }: { column?: unknown; expression?: unknown }): boolean =>
  (column === undefined) !== (own === undefined);
export const onePart = { message: "write column: or expression:, one of them" };

const indexColumn = z.union([columnName, z.strictObject(indexPart)]);

/** One index of a table or a materialized view. */
export const indexDeclaration = z.strictObject({
  name: existingName.optional(),
  columns: z.array(indexColumn).min(1),
  include: columnList.optional().meta({ description: "Columns that the index holds beside its key." }),
  unique: z.boolean().optional(),
  nullsNotDistinct: z
    .boolean()
    .optional()
    .meta({ description: "Whether two nulls are equal (Postgres 15)." }),
  method: z
    .union([z.enum(["btree", "hash", "gin", "gist", "spgist", "brin"]), identifier])
    .optional()
    .meta({ description: "btree, hash, gin, gist, spgist, brin, or a method of an extension such as hnsw." }),
  where: expression.optional(),
  storage: storageParameters.optional(),
  comment: comment.optional(),
  lint: lintExceptions.optional(),
  renamedFrom,
});
export type IndexDeclaration = z.infer<typeof indexDeclaration>;
