import { z } from "zod";
import { indexDeclaration } from "./indexes.ts";
import { columnName } from "./names.ts";
import { comment, hasOneSql, lintExceptions, oneSql, sqlText, storageParameters } from "./schema-parts.ts";
import { triggers } from "./triggers.ts";

/** A view: its query, in `sql` or in a `file`. */
export const viewDeclaration = z
  .strictObject({
    ...sqlText,
    columns: z
      .array(columnName)
      .min(1)
      .optional()
      .meta({ description: "The names of its columns, where the query's are not meant." }),
    securityInvoker: z
      .boolean()
      .optional()
      .meta({ description: "Whether it is read with the rights of who reads (Postgres 15)." }),
    securityBarrier: z.boolean().optional(),
    checkOption: z.enum(["local", "cascaded"]).optional(),
    triggers: triggers.optional(),
    columnComments: z.record(columnName, comment).optional(),
    comment: comment.optional(),
    lint: lintExceptions.optional(),
  })
  .refine(hasOneSql, oneSql);
export type ViewDeclaration = z.infer<typeof viewDeclaration>;

/** A materialized view. stk fills it when it makes it; when it is filled again is up to others. */
export const materializedViewDeclaration = z
  .strictObject({
    ...sqlText,
    columns: z.array(columnName).min(1).optional(),
    indexes: z.array(indexDeclaration).optional(),
    storage: storageParameters.optional(),
    columnComments: z.record(columnName, comment).optional(),
    comment: comment.optional(),
    lint: lintExceptions.optional(),
  })
  .refine(hasOneSql, oneSql);
export type MaterializedViewDeclaration = z.infer<typeof materializedViewDeclaration>;
