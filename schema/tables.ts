import { z } from "zod";
import { columnDeclaration } from "./columns.ts";
import {
  checkDeclaration,
  exclusionDeclaration,
  foreignKeyDeclaration,
  primaryKeyDeclaration,
  uniqueDeclaration,
} from "./constraints.ts";
import { indexDeclaration } from "./indexes.ts";
import { columnName, existingName } from "./names.ts";
import { divided, isDivided, partitionBy, partitions } from "./partitions.ts";
import { rowSecurityDeclaration } from "./policies.ts";
import { comment, lintExceptions, renamedFrom, storageParameters } from "./schema-parts.ts";
import { triggers } from "./triggers.ts";

/** One table. Keys that span columns stand beside `columns`. */
export const tableDeclaration = z
  .strictObject({
    columns: z.record(columnName, columnDeclaration),
    primaryKey: primaryKeyDeclaration.optional(),
    unique: z.array(uniqueDeclaration).optional(),
    checks: z
      .record(existingName, checkDeclaration)
      .optional()
      .meta({ description: "Named SQL conditions." }),
    foreignKeys: z.array(foreignKeyDeclaration).optional(),
    exclusions: z.array(exclusionDeclaration).optional(),
    indexes: z.array(indexDeclaration).optional(),
    triggers: triggers.optional(),
    rowSecurity: rowSecurityDeclaration.optional(),
    partitionBy: partitionBy.optional(),
    partitions: partitions.optional(),
    storage: storageParameters.optional(),
    unlogged: z.boolean().optional().meta({ description: "Whether its rows are lost in a crash." }),
    comment: comment.optional(),
    lint: lintExceptions.optional(),
    renamedFrom,
  })
  .refine(isDivided, divided);
export type TableDeclaration = z.infer<typeof tableDeclaration>;
