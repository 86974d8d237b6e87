import { z } from "zod";
import { identifier, qualifiedName } from "./names.ts";
import { comment, expression, storageParameters } from "./schema-parts.ts";

const key = z
  .array(z.union([identifier, z.strictObject({ expression })]))
  .min(1)
  .meta({ description: "Columns, or { expression: ... }." });

/** How the rows of a table are divided: by one of `range`, `list` and `hash`. */
export const partitionBy = z
  .strictObject({ range: key.optional(), list: key.optional(), hash: key.optional() })
  .refine(({ range, list, hash }) => [range, list, hash].filter((one) => one).length === 1, {
    message: "write range:, list: or hash:, one of them",
  });

/** What is wrong where {@link isDivided} does not hold. */
export const divided = { message: "partitions: needs partitionBy: beside it", path: ["partitions"] };

const bound = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const bounds = z.union([bound, z.array(bound).min(1)]);

/** One partition. `from` and `to` may be minvalue and maxvalue. */
export type PartitionDeclaration = {
  from?: z.infer<typeof bounds> | undefined;
  to?: z.infer<typeof bounds> | undefined;
  in?: z.infer<typeof bound>[] | undefined;
  modulus?: number | undefined;
  remainder?: number | undefined;
  default?: true | undefined;
  partitionBy?: z.infer<typeof partitionBy> | undefined;
  partitions?: z.infer<typeof partitions> | undefined;
  storage?: z.infer<typeof storageParameters> | undefined;
  comment?: string | undefined;
};

const partition: z.ZodType<PartitionDeclaration> = z
  .strictObject({
    from: bounds.optional(),
    to: bounds.optional(),
    in: z.array(bound).min(1).optional(),
    modulus: z.int().min(1).optional(),
    remainder: z.int().min(0).optional(),
    default: z.literal(true).optional(),
    partitionBy: partitionBy.optional(),
    get partitions() {
      return partitions.optional();
    },
    storage: storageParameters.optional(),
    comment: comment.optional(),
  })
  .refine(saysItsRows, {
    message: "write from: and to:, or in:, or modulus: and remainder:, or default: true, one of them",
  })
  .refine(isDivided, divided);

/** Whether a partition says, in one way, which rows are its own. */
function saysItsRows(declared: PartitionDeclaration): boolean {
  const { from, to, modulus, remainder } = declared;
  const ways = [from ?? to, declared.in, modulus ?? remainder, declared.default];
  return (
    ways.filter((way) => way !== undefined).length === 1 &&
    (from === undefined) === (to === undefined) &&
    (modulus === undefined) === (remainder === undefined)
  );
}

/** Whether what has partitions says how it is divided. */
export function isDivided(declared: Pick<PartitionDeclaration, "partitionBy" | "partitions">): boolean {
  return declared.partitions === undefined || declared.partitionBy !== undefined;
}
/** The partitions of a table: by name, or `{ managed: false }` where a job makes them. */
export const partitions = z
  .union([z.strictObject({ managed: z.literal(false) }), z.record(qualifiedName, partition)])
  .meta({ description: "Partitions by name, or { managed: false } for those that a job makes and drops." });
export type PartitionBy = z.infer<typeof partitionBy>;
export type Partitions = z.infer<typeof partitions>;
