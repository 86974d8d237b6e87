import { z } from "zod";
import { comment, hasOneSql, lintExceptions, oneSql, sqlText } from "./schema-parts.ts";

/**
 * A function or a procedure: the whole CREATE FUNCTION or CREATE PROCEDURE statements of that name, in `sql` or in a
 * `file`. There may be several, of different arguments.
 */
export const routineDeclaration = z
  .strictObject({
    ...sqlText,
    comment: comment.optional().meta({ description: "A comment, where there is one function of that name." }),
    lint: lintExceptions.optional(),
  })
  .refine(hasOneSql, oneSql);
export type RoutineDeclaration = z.infer<typeof routineDeclaration>;
