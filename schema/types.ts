import { z } from "zod";
import { identifier } from "./names.ts";
import { comment, expression, lintExceptions, renamedFrom } from "./schema-parts.ts";

const enumValue = z.string().max(63);
const enumValues = z
  .array(z.union([enumValue, z.strictObject({ value: enumValue, renamedFrom: enumValue })]))
  .min(1);

/** The values of an enum in their order, beside which its own former name and a comment may stand. */
export const enumDeclaration = z.union([
  enumValues,
  z.strictObject({
    renamedFrom,
    comment: comment.optional(),
    lint: lintExceptions.optional(),
    values: enumValues,
  }),
]);
export type EnumDeclaration = z.infer<typeof enumDeclaration>;

/** A type with a condition. `checks` are named. */
export const domainDeclaration = z.strictObject({
  type: z.string().min(1),
  nullable: z.boolean().optional(),
  default: expression.optional().meta({ description: "An SQL expression." }),
  collation: z.string().min(1).optional(),
  check: expression.optional().meta({ description: "An SQL condition on VALUE." }),
  checks: z.record(identifier, expression).optional(),
  comment: comment.optional(),
});
export type DomainDeclaration = z.infer<typeof domainDeclaration>;

/** A row type: its attributes and their types, in their order. */
export const compositeDeclaration = z.strictObject({
  attributes: z.record(
    identifier,
    z.union([z.string().min(1), z.strictObject({ type: z.string().min(1), collation: z.string().min(1) })]),
  ),
  comment: comment.optional(),
});
