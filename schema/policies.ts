import { z } from "zod";
import { comment, expression } from "./schema-parts.ts";

/** Words that Postgres replaces by the role of the session. */
const sessionWords: ReadonlySet<string> = new Set(["current_user", "current_role", "session_user"]);

/** One policy of row-level security. */
export const policyDeclaration = z.strictObject({
  as: z.enum(["permissive", "restrictive"]).optional(),
  for: z.enum(["all", "select", "insert", "update", "delete"]).optional(),
  to: z
    .array(
      z
        .string()
        .min(1)
        .max(63)
        .refine((role) => !sessionWords.has(role), {
          message: "name the role itself: this word is whoever runs the statement",
        }),
    )
    .min(1)
    .optional()
    .meta({ description: "Database roles; public unless said otherwise." }),
  using: expression.optional(),
  check: expression.optional(),
  comment: comment.optional(),
});
export type PolicyDeclaration = z.infer<typeof policyDeclaration>;

/** Row-level security of the database itself, beside what config/permissions.yaml says. */
export const rowSecurityDeclaration = z
  .strictObject({
    enabled: z.boolean().optional().meta({ description: "true unless said otherwise." }),
    forced: z.boolean().optional().meta({ description: "Whether the table's owner obeys it too." }),
    policies: z.record(z.string().min(1).max(63), policyDeclaration).optional(),
  })
  .refine(({ enabled, forced }) => !(enabled === false && forced === true), {
    message: "row security that is not enabled cannot be forced",
    path: ["forced"],
  });
