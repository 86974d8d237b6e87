import { z } from "zod";
import { connectionName, qualifiedName, schemaName } from "./names.ts";
import { approvedDeclaration, removedDeclaration } from "./removed.ts";
import { routineDeclaration } from "./routines.ts";
import { comment } from "./schema-parts.ts";
import { sequenceDeclaration } from "./sequences.ts";
import { tableDeclaration } from "./tables.ts";
import { compositeDeclaration, domainDeclaration, enumDeclaration } from "./types.ts";
import { materializedViewDeclaration, viewDeclaration } from "./views.ts";

/** `schema/*.yaml`: what is declared in the database of one connection. */
export const schemaFile = z
  .strictObject({
    connection: connectionName.optional(),
    schemas: z
      .record(schemaName, z.strictObject({ comment: comment.optional() }))
      .optional()
      .meta({ description: "The schemas that are managed beside public, such as audit: {}." }),
    ignore: z
      .array(z.string().regex(/^[A-Za-z0-9_.*]+$/, "a name, in which * stands for any characters"))
      .min(1)
      .optional()
      .meta({
        description:
          "What other tools own: names or patterns such as audit.* or *_shadow; public.tasks.x_* is of the indexes, constraints, triggers and policies of a table.",
      }),
    extensions: z
      .record(
        z.string().regex(/^[a-z0-9_-]+$/),
        z.strictObject({
          schema: schemaName.optional(),
          version: z.string().optional(),
          comment: comment.optional(),
        }),
      )
      .optional()
      .meta({ description: "Extensions, such as citext: {}." }),
    enums: z.record(qualifiedName, enumDeclaration).optional(),
    domains: z.record(qualifiedName, domainDeclaration).optional(),
    composites: z.record(qualifiedName, compositeDeclaration).optional(),
    sequences: z.record(qualifiedName, sequenceDeclaration).optional(),
    tables: z.record(qualifiedName, tableDeclaration).optional(),
    views: z.record(qualifiedName, viewDeclaration).optional(),
    materializedViews: z.record(qualifiedName, materializedViewDeclaration).optional(),
    functions: z
      .record(qualifiedName, routineDeclaration)
      .optional()
      .meta({ description: "Functions and procedures, by name." }),
    removed: removedDeclaration.optional(),
    approved: approvedDeclaration.optional(),
  })
  .meta({ title: "schema/*.yaml", description: "What is declared in the database of one connection." });
export type SchemaFile = z.infer<typeof schemaFile>;
