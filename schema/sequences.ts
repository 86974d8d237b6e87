import { z } from "zod";
import { sequenceOptions } from "./columns.ts";
import { comment } from "./schema-parts.ts";

/** A sequence of its own; those of identity and serial columns need no declaration. */
export const sequenceDeclaration = z.strictObject({
  type: z.enum(["smallint", "integer", "bigint"]).optional(),
  ...sequenceOptions,
  ownedBy: z
    .string()
    .regex(/^(?:[\w-]+\.)?\w+\.\w+$/, "write TABLE.COLUMN")
    .optional()
    .meta({ description: "The column that it goes with, as TABLE.COLUMN." }),
  comment: comment.optional(),
});
export type SequenceDeclaration = z.infer<typeof sequenceDeclaration>;
