import { z } from "zod";
import { identifier } from "./names.ts";

/** A value to compare with; in a rule also what {@link reference} names. */
export const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type Scalar = z.infer<typeof scalar>;

/** How one column is compared. Several operators in one object must all hold. */
export const comparison = z.strictObject({
  eq: scalar.optional(),
  ne: scalar.optional(),
  gt: scalar.optional(),
  gte: scalar.optional(),
  lt: scalar.optional(),
  lte: scalar.optional(),
  in: z
    .union([z.array(scalar), z.string()])
    .optional()
    .meta({ description: "A list, or in a rule a claim that is one." }),
  like: z.string().optional(),
  ilike: z.string().optional(),
  isNull: z.boolean().optional(),
});
export type Comparison = z.infer<typeof comparison>;

/** The operators of a {@link comparison}. */
export const comparisonOperators = Object.keys(comparison.shape) as readonly (keyof Comparison)[];

/**
 * A condition on a row: columns with the value or the comparison they must meet, and `and`, `or`, `not`, `exists`.
 * All members of one object must hold.
 *
 * @example { owner_id: "$user.id", or: [{ status: "open" }, { priority: { gte: 3 } }] }
 */
export type Predicate = {
  and?: Predicate[] | undefined;
  or?: Predicate[] | undefined;
  not?: Predicate | undefined;
  exists?: Exists | undefined;
  [column: string]: unknown;
};

/** A row of another table of the same connection that must exist; `$row.COLUMN` is the row that is judged. */
export type Exists = { table: string; where: Predicate };

/** A {@link Predicate} as it is written in `config/permissions.yaml`. */
export const predicate: z.ZodType<Predicate> = z
  .lazy(() =>
    z
      .object({
        get and() {
          return z.array(predicate).min(1).optional();
        },
        get or() {
          return z.array(predicate).min(1).optional();
        },
        get not() {
          return predicate.optional();
        },
        get exists() {
          return z.strictObject({ table: identifier, where: predicate }).optional();
        },
      })
      .catchall(z.union([scalar, comparison])),
  )
  .meta({
    id: "predicate",
    description: "Columns with the value or comparison they must meet; and, or, not, exists.",
  });

/** `$user.id`, `$user.roles`, `$user.issuer`, `$claims.NAME` or `$row.COLUMN` in a rule. */
export const reference =
  /^\$(?:user\.(?:id|roles|issuer)|claims(?:\.(?:[A-Za-z_][A-Za-z0-9_:-]*|"[^"\n]+"))+|row\.[a-z_][a-z0-9_]*)$/;

/**
 * The names on the way to a claim, from what stands behind `$claims.`: a name with other characters is quoted.
 *
 * @example claimPath('app_metadata."https://example.com/org"') // ["app_metadata", "https://example.com/org"]
 */
export const claimPath = (text: string): string[] =>
  [...text.matchAll(/"([^"]+)"|[^."]+/g)].map(([whole, quoted]) => quoted ?? whole);
