import { z } from "zod";
import { existingName, qualifiedName, schemaName } from "./names.ts";

const existingNames = z.array(existingName).min(1);
const qualifiedNames = z
  .array(z.string().min(1).max(127))
  .min(1)
  .meta({ description: "Names in the database, as NAME, or SCHEMA.NAME outside of public." });

/** What goes, with all of its data. A line may stay after it is gone; where there is nothing to drop, it does nothing. */
export const removedDeclaration = z
  .strictObject({
    tables: qualifiedNames.optional(),
    columns: z
      .record(qualifiedName, existingNames)
      .optional()
      .meta({ description: "Columns, by the table that had them." }),
    enums: qualifiedNames.optional(),
    enumValues: z
      .record(qualifiedName, z.array(z.string().min(1).max(63)).min(1))
      .optional()
      .meta({ description: "Values of enums, by the enum; it is made anew without them." }),
    schemas: z.array(schemaName).min(1).optional(),
    extensions: existingNames.optional(),
    domains: qualifiedNames.optional(),
    composites: qualifiedNames.optional(),
    sequences: qualifiedNames.optional(),
    views: qualifiedNames.optional(),
    materializedViews: qualifiedNames.optional(),
    functions: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .meta({ description: "Functions and procedures with their arguments' types: slugify(text)." }),
    partitions: qualifiedNames.optional(),
  })
  .meta({ description: "What is dropped from the database, with all of its data." });

/** Which of these a change needs a word for, and who said it: `tasks.amount: [lossy_cast]`. */
export const approvedDeclaration = z
  .record(z.string().min(1), z.array(z.string().regex(/^[a-z_]+$/)).min(1))
  .meta({ description: "By object, the codes of what may be done to it though stk would block it." });
