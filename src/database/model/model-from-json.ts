import { z } from "zod";
import { objectKinds } from "../../../schema/declared.ts";
import { type CatalogObject, keyOfObject } from "./catalog-object.ts";
import type { Column, Constraint, Index, Model, Table } from "./model.ts";

/** One schema for each member that a type has, so that a new member cannot be forgotten here. */
type Members<T> = { [Key in keyof Required<T>]: z.ZodType };

const column = z.strictObject({
  name: z.string(),
  type: z.string(),
  nullable: z.boolean(),
  default: z.string().exactOptional(),
  collation: z.string().exactOptional(),
  serial: z.boolean(),
  sequence: z.string().exactOptional(),
  notNull: z.string().exactOptional(),
  identity: z.enum(["always", "by default"]).exactOptional(),
  identityOptions: z.string().exactOptional(),
  generated: z.enum(["stored", "virtual"]).exactOptional(),
  storage: z.string().exactOptional(),
  compression: z.string().exactOptional(),
  statistics: z.number().exactOptional(),
} satisfies Members<Column & { name: string }>);

const constraint = z.strictObject({
  name: z.string(),
  kind: z.enum(["primaryKey", "unique", "check", "foreignKey", "exclusion"]),
  definition: z.string(),
  columns: z.array(z.string()),
  validated: z.boolean(),
  expressible: z.boolean(),
  expression: z.string().exactOptional(),
  nullsNotDistinct: z.literal(true).exactOptional(),
  excludes: z.array(z.strictObject({ expression: z.string(), operator: z.string() })).exactOptional(),
  predicate: z.string().exactOptional(),
  references: z
    .strictObject({
      table: z.string(),
      columns: z.array(z.string()),
      index: z.string(),
      full: z.boolean(),
    })
    .exactOptional(),
} satisfies Members<Constraint & { name: string }>);

const index = z.strictObject({
  name: z.string(),
  definition: z.string(),
  shape: z.string(),
  unique: z.boolean(),
  valid: z.boolean(),
  expressible: z.boolean(),
  keys: z.array(z.string()),
  predicate: z.string().exactOptional(),
  nullsNotDistinct: z.literal(true).exactOptional(),
  storage: z.record(z.string(), z.string()).exactOptional(),
} satisfies Members<Index & { name: string }>);

const table = z.strictObject({
  name: z.string(),
  columns: z.array(column),
  constraints: z.array(constraint),
  indexes: z.array(index),
  partitionBy: z.string().exactOptional(),
  partitionColumns: z.array(z.string()).exactOptional(),
  storage: z.record(z.string(), z.string()).exactOptional(),
  unlogged: z.literal(true).exactOptional(),
  rowSecurity: z.enum(["enabled", "forced"]).exactOptional(),
  tablespace: z.string().exactOptional(),
} satisfies Members<Table & { name: string }>);

const object = z.strictObject({
  kind: z.enum(objectKinds),
  name: z.string(),
  table: z.string().exactOptional(),
  facts: z.record(z.string(), z.json()),
  grants: z.array(z.string()).exactOptional(),
} satisfies Members<Omit<CatalogObject, "rows">>);

const model = z.strictObject({
  enums: z.array(z.strictObject({ name: z.string(), values: z.array(z.string()) })),
  tables: z.array(table),
  objects: z.array(object),
  comments: z.array(z.strictObject({ target: z.string(), text: z.string() })),
});

/** What of a {@link Model} is written as JSON. */
export type RecordedModel = Pick<Model, "enums" | "tables" | "objects" | "comments">;

/** Reads what `modelAsJson` wrote; undefined where another version of stk wrote it in another form. */
export function modelFromJson(json: unknown): RecordedModel | undefined {
  const { success, data } = model.safeParse(json);
  if (!success) return undefined;
  return {
    enums: new Map(data.enums.map(({ name, values }) => [name, values])),
    tables: new Map(
      data.tables.map(({ name, columns, constraints, indexes, ...options }) => [
        name,
        { ...options, columns: named(columns), constraints: named(constraints), indexes: named(indexes) },
      ]),
    ),
    objects: new Map(data.objects.map((each) => [keyOfObject(each), each])),
    comments: new Map(data.comments.map(({ target, text }) => [target, text])),
  };
}

const named = <T extends { name: string }>(members: readonly T[]): ReadonlyMap<string, Omit<T, "name">> =>
  new Map(members.map(({ name, ...member }) => [name, member]));
