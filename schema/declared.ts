import { z } from "zod";
import { referentialAction } from "./columns.ts";

/** A column with its defaults filled in. `default` and `generated.expression` are SQL. */
const declaredColumn = z.strictObject({
  type: z.string(),
  nullable: z.boolean(),
  default: z.string().optional(),
  /** `options` is SQL: `start 1000`. */
  identity: z
    .strictObject({ generated: z.enum(["always", "by default"]), options: z.string().optional() })
    .optional(),
  generated: z.strictObject({ expression: z.string(), kind: z.enum(["stored", "virtual"]) }).optional(),
  collation: z.string().optional(),
  storage: z.string().optional(),
  compression: z.string().optional(),
  statistics: z.int().optional(),
});
export type DeclaredColumn = z.infer<typeof declaredColumn>;

const deferrable = z.enum(["deferrable", "initially deferred"]).optional();

const declaredKey = z.strictObject({
  name: z.string(),
  columns: z.array(z.string()),
  include: z.array(z.string()).optional(),
  nullsNotDistinct: z.boolean().optional(),
  deferrable,
});
export type DeclaredKey = z.infer<typeof declaredKey>;

const declaredForeignKey = z.strictObject({
  name: z.string(),
  columns: z.array(z.string()),
  table: z.string(),
  references: z.array(z.string()),
  onDelete: referentialAction,
  onUpdate: referentialAction,
  setColumns: z.array(z.string()).optional(),
  match: z.enum(["simple", "full"]).optional(),
  deferrable,
});
export type DeclaredForeignKey = z.infer<typeof declaredForeignKey>;

const storageParameters = z.record(z.string(), z.string());

/** An index; each of `columns` is the SQL of one part, quoted and with its direction. */
const declaredIndex = z.strictObject({
  name: z.string(),
  columns: z.array(z.string()),
  unique: z.boolean(),
  method: z.string(),
  where: z.string().optional(),
  include: z.array(z.string()).optional(),
  nullsNotDistinct: z.boolean().optional(),
  storage: storageParameters.optional(),
});
export type DeclaredIndex = z.infer<typeof declaredIndex>;

/** A table with every key, check and index named as Postgres would name it. */
const declaredTable = z.strictObject({
  columns: z.record(z.string(), declaredColumn),
  primaryKey: declaredKey.optional(),
  uniques: z.array(declaredKey),
  checks: z.array(
    z.strictObject({ name: z.string(), expression: z.string(), noInherit: z.boolean().optional() }),
  ),
  /** `definition` is what stands after the name. */
  exclusions: z.array(z.strictObject({ name: z.string(), definition: z.string() })).optional(),
  foreignKeys: z.array(declaredForeignKey),
  indexes: z.array(declaredIndex),
  /** What stands after PARTITION BY: `range (at)`. */
  partitionBy: z.string().optional(),
  storage: storageParameters.optional(),
  unlogged: z.boolean().optional(),
  rowSecurity: z.enum(["enabled", "forced"]).optional(),
});
export type DeclaredTable = z.infer<typeof declaredTable>;

/** The kinds of what is declared beside tables and enums. Those of `table` are a part of one, or of a view. */
export const objectKinds = [
  "schema",
  "extension",
  "domain",
  "composite",
  "sequence",
  "routine",
  "partition",
  "view",
  "materializedView",
  "trigger",
  "policy",
] as const;
export type ObjectKind = (typeof objectKinds)[number];

/** Something beside tables and enums, or a comment: the statements that make it in a database that lacks only it. */
const declaredObject = z.strictObject({
  kind: z.enum([...objectKinds, "comment"]),
  /** The table or the view that it is a part of. */
  table: z.string().exactOptional(),
  name: z.string(),
  sql: z.array(z.string()).min(1),
});
export type DeclaredStatements = z.infer<typeof declaredObject>;

/**
 * The whole declared schema of one connection: every file of it, merged and normalised. A table, an enum and all else
 * is named `SCHEMA.NAME` outside of `public`.
 */
export const declaredSchema = z.strictObject({
  enums: z.record(z.string(), z.array(z.string())),
  /** The type that each domain is over, in the end, by Postgres' own spelling of both. */
  domains: z.record(z.string(), z.string()).optional(),
  tables: z.record(z.string(), declaredTable),
  objects: z.array(declaredObject).optional(),
});
export type DeclaredSchema = z.infer<typeof declaredSchema>;

/** What has another name in older databases. A column's `table` and a value's `enum` are named as they are now. */
export type DeclaredRename =
  | { kind: "table" | "enum"; from: string; to: string }
  | { kind: "column"; table: string; from: string; to: string }
  | { kind: "enumValue"; enum: string; from: string; to: string };

/** What goes from older databases, with its data. A column's `table` is named as it is now. */
export type DeclaredRemoval =
  | { kind: "table" | "enum" | Exclude<ObjectKind, "trigger" | "policy">; name: string }
  | { kind: "column"; table: string; name: string }
  | { kind: "enumValue"; enum: string; name: string };

/** A key, a check or an index that has another name in older databases. `table` is named as it is now. */
export type DeclaredKeyRename = { kind: "constraint" | "index"; table: string; from: string; to: string };

/** How an older database becomes the declared one where the two alone do not say it. */
export type DeclaredTransition = {
  renames: readonly DeclaredRename[];
  removals: readonly DeclaredRemoval[];
  keyRenames?: readonly DeclaredKeyRename[];
  /** Constraints that rows from before may break. */
  unvalidated?: readonly { table: string; name: string }[];
};

/** Which part of a database is looked at. What is outside of it is as good as not there. */
export type DeclaredScope = {
  /** The schemas that are managed, `public` among them. */
  schemas: readonly string[];
  /** Names of what other tools own; `*` stands for any characters. */
  ignore: readonly string[];
  /** Partitioned tables whose partitions a job makes. */
  unmanagedPartitions: readonly string[];
  /** Sequences that are declared by themselves, though a column may own them. */
  sequences?: readonly string[];
  /** Extensions whose version is declared. */
  versions?: readonly string[];
};

/** What is said for planning alone. It is in no manifest: a bundle is the same when a line of it is tidied away. */
export type PlanningHints = {
  transition?: DeclaredTransition;
  scope?: DeclaredScope;
  /** The codes that are approved, by object. */
  approved?: Readonly<Record<string, readonly string[]>>;
  /** SQL that gives the rows that are there a value, by table, then column. */
  backfills?: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

/** A schema for planning. */
export type PlannableSchema = DeclaredSchema & PlanningHints;
