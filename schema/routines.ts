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
    comments: z
      .record(z.string().regex(/^[^;]*$/, "the types of its arguments, such as text, integer"), comment)
      .optional()
      .meta({ description: "Comments by the types of the arguments, where there are several of that name." }),
    lint: lintExceptions.optional(),
  })
  .refine(hasOneSql, oneSql);
