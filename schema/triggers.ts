import { z } from "zod";
import { columnList, existingName, identifier, qualifiedName } from "./names.ts";
import { comment, expression } from "./schema-parts.ts";

const events = z.array(z.enum(["insert", "update", "delete", "truncate"])).min(1);

/** One trigger of a table or a view: one of `before`, `after` and `insteadOf`, and the function that it calls. */
export const triggerDeclaration = z
  .strictObject({
    before: events.optional(),
    after: events.optional(),
    insteadOf: events.optional(),
    columns: columnList.optional().meta({ description: "The columns whose update calls it." }),
    forEach: z.enum(["row", "statement"]).optional().meta({ description: "row unless said otherwise." }),
    oldTable: identifier
      .optional()
      .meta({ description: "The name of the rows as they were, for statements." }),
    newTable: identifier
      .optional()
      .meta({ description: "The name of the rows as they are, for statements." }),
    when: expression.optional(),
    execute: expression.meta({ description: "The function and its arguments: touch() or audit('tasks')." }),
    constraint: z
      .enum(["not deferrable", "deferrable", "initially deferred"])
      .optional()
      .meta({ description: "Makes it a constraint trigger." }),
    from: qualifiedName
      .optional()
      .meta({ description: "The other table that a constraint trigger is about." }),
    enabled: z
      .enum(["origin", "always", "replica", "disabled"])
      .optional()
      .meta({ description: "origin, as usual, unless said otherwise." }),
    comment: comment.optional(),
  })
  .refine(({ before, after, insteadOf }) => [before, after, insteadOf].filter((one) => one).length === 1, {
    message: "write before:, after: or insteadOf:, one of them",
  });
export type TriggerDeclaration = z.infer<typeof triggerDeclaration>;

export const triggers = z
  .record(existingName, triggerDeclaration)
  .meta({ description: "Triggers by name; Postgres calls them in the order of their names." });
