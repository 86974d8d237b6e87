import { z } from "zod";
import { referentialAction } from "./tables.ts";

/** A column with its defaults filled in. `default` is an SQL expression. */
const declaredColumn = z.strictObject({
  type: z.string(),
  nullable: z.boolean(),
  default: z.string().optional(),
});
export type DeclaredColumn = z.infer<typeof declaredColumn>;

const declaredKey = z.strictObject({ name: z.string(), columns: z.array(z.string()) });

const declaredForeignKey = z.strictObject({
  name: z.string(),
  columns: z.array(z.string()),
  table: z.string(),
  references: z.array(z.string()),
  onDelete: referentialAction,
  onUpdate: referentialAction,
});
export type DeclaredForeignKey = z.infer<typeof declaredForeignKey>;

/** An index; each of `columns` is the SQL of one part, quoted and with its direction. */
const declaredIndex = z.strictObject({
  name: z.string(),
  columns: z.array(z.string()),
  unique: z.boolean(),
  method: z.string(),
  where: z.string().optional(),
});
export type DeclaredIndex = z.infer<typeof declaredIndex>;

/** A table with every key, check and index named as Postgres would name it. */
const declaredTable = z.strictObject({
  columns: z.record(z.string(), declaredColumn),
  primaryKey: declaredKey.optional(),
  uniques: z.array(declaredKey),
  checks: z.array(z.strictObject({ name: z.string(), expression: z.string() })),
  foreignKeys: z.array(declaredForeignKey),
  indexes: z.array(declaredIndex),
});
export type DeclaredTable = z.infer<typeof declaredTable>;

/** The whole declared schema of one connection: every file of it, merged and normalised. */
export const declaredSchema = z.strictObject({
  enums: z.record(z.string(), z.array(z.string())),
  tables: z.record(z.string(), declaredTable),
});
export type DeclaredSchema = z.infer<typeof declaredSchema>;

/** What has another name in older databases. A column's `table` and a value's `enum` are named as they are now. */
export type DeclaredRename =
  | { kind: "table" | "enum"; from: string; to: string }
  | { kind: "column"; table: string; from: string; to: string }
  | { kind: "enumValue"; enum: string; from: string; to: string };

/** What goes from older databases, with its data. A column's `table` is named as it is now. */
export type DeclaredRemoval =
  | { kind: "table" | "enum"; name: string }
  | { kind: "column"; table: string; name: string };

/** How an older database becomes the declared one where the two alone do not say it. */
export type DeclaredTransition = {
  renames: readonly DeclaredRename[];
  removals: readonly DeclaredRemoval[];
};

/** A schema for planning. The transition is in no manifest: a bundle is the same when a line of it is tidied away. */
export type PlannableSchema = DeclaredSchema & { transition?: DeclaredTransition };
