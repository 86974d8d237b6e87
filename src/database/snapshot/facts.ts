import type { HiddenColumns } from "../catalog/hidden-columns.ts";
import type { Key } from "../model/catalog-object.ts";
import type { OtherObject } from "../model/model.ts";

/** Something as the catalog names it; `name` is `SCHEMA.NAME` outside of `public`. */
export type Named = { oid: string; name: string; comment: string | null };

/** How a sequence counts, in digits. */
export type Counting = {
  type: string;
  start: string;
  increment: string;
  min: string;
  max: string;
  cache: string;
  cycle: boolean;
};

/** A sequence that is no identity column's; `owner` is the table and the column that it goes with. */
export type SequenceFacts = Named & Counting & { owner: { table: string; column: string } | null };

/** A column; texts are Postgres' own spelling, but for the names of types that are declared. */
export type ColumnFacts = {
  name: string;
  type: string;
  /** The type without its modifiers, as a cast in an expression spells it. */
  castType: string;
  isEnum: boolean;
  notNull: boolean;
  default: string | null;
  identity: "always" | "by default" | null;
  generated: "stored" | "virtual" | null;
  collation: string | null;
  storage: "plain" | "external" | "extended" | "main" | null;
  compression: "pglz" | "lz4" | null;
  statistics: number | null;
  comment: string | null;
  /** Of an identity column: its sequence. */
  sequence: (Counting & { name: string }) | null;
};

/** One column or expression of an index, and of an exclusion its operator. */
export type IndexPart = {
  column: string | null;
  expression: string | null;
  opclass: string | null;
  collation: string | null;
  descending: boolean;
  nullsFirst: boolean;
  operator: string | null;
};

/** An index; also that behind a key or an exclusion. */
export type IndexFacts = Named & {
  table: string;
  parts: IndexPart[];
  include: string[] | null;
  unique: boolean;
  nullsNotDistinct: boolean;
  method: string;
  where: string | null;
  storage: Record<string, string> | null;
  /** Why it cannot be declared. */
  oddity: string | null;
  hasStatistics: boolean;
};

/** A constraint, but of NOT NULL. */
export type ConstraintFacts = Named & {
  table: string;
  kind: "primaryKey" | "unique" | "check" | "foreignKey" | "exclusion";
  columns: string[];
  deferrable: "deferrable" | "initially deferred" | null;
  validated: boolean;
  /** Of a check. */
  expression: string | null;
  noInherit: boolean;
  /** Of a foreign key. */
  references: { table: string; columns: string[] } | null;
  onDelete: string;
  onUpdate: string;
  setColumns: string[] | null;
  isFull: boolean;
  /** Of a key and an exclusion. */
  index: IndexFacts | null;
  oddity: string | null;
};

/** A trigger; `definition` is the whole statement. */
export type TriggerFacts = Named & {
  table: string;
  timing: "before" | "after" | "insteadOf";
  events: ("insert" | "update" | "delete" | "truncate")[];
  columns: string[] | null;
  forEach: "row" | "statement";
  oldTable: string | null;
  newTable: string | null;
  constraint: "not deferrable" | "deferrable" | "initially deferred" | null;
  enabled: "origin" | "always" | "replica" | "disabled";
  definition: string;
  /** The other table that a constraint trigger is about. */
  from: string | null;
};

/** A policy of row-level security. */
export type PolicyFacts = Named & {
  table: string;
  permissive: boolean;
  for: "all" | "select" | "insert" | "update" | "delete";
  to: string[] | null;
  using: string | null;
  check: string | null;
};

/** A table, or a partition: then `parent` and `bound` are there. */
export type TableFacts = Named & {
  parent: string | null;
  bound: string | null;
  /** `RANGE (at)`. */
  partitionBy: string | null;
  storage: Record<string, string> | null;
  unlogged: boolean;
  rowSecurity: boolean;
  forced: boolean;
  /** Why it cannot be declared. */
  oddity: string | null;
  /** What of it cannot be said while the rest can. */
  unsaid: string[] | null;
  columns: ColumnFacts[];
};

/** A view or a materialized view. */
export type ViewFacts = Named & {
  query: string;
  options: Record<string, string> | null;
  columnComments: Record<string, string> | null;
  oddity: string | null;
};

/** One function or procedure; `name` has no arguments, `signature` is `slugify(text)`. */
export type RoutineFacts = Named & {
  signature: string;
  arguments: string;
  definition: string;
  oddity: string | null;
};

/** A domain. */
export type DomainFacts = Named & {
  type: string;
  notNull: boolean;
  default: string | null;
  collation: string | null;
  checks:
    | { oid: string; name: string; expression: string; comment: string | null; validated: boolean }[]
    | null;
};

/** A composite type. */
export type CompositeFacts = Named & {
  relation: string;
  attributes: { name: string; type: string; collation: string | null; comment: string | null }[] | null;
};

/** An enum. */
export type EnumFacts = Named & { values: string[] | null };

/** A schema; `name` has no dot. */
export type SchemaFacts = { oid: string; name: string; comment: string | null };

/** An extension. */
export type ExtensionFacts = { oid: string; name: string; schema: string; comment: string | null };

/** All of a database that a declaration could say, in the order in which it was made. */
export type Facts = {
  schemas: SchemaFacts[];
  extensions: ExtensionFacts[];
  enums: EnumFacts[];
  domains: DomainFacts[];
  composites: CompositeFacts[];
  sequences: SequenceFacts[];
  tables: TableFacts[];
  constraints: ConstraintFacts[];
  indexes: IndexFacts[];
  triggers: TriggerFacts[];
  policies: PolicyFacts[];
  views: ViewFacts[];
  materializedViews: ViewFacts[];
  routines: RoutineFacts[];
  /** What rests on what. */
  restsOn: ReadonlyMap<Key, ReadonlySet<Key>>;
  partitionParts: PartitionPart[];
  /** What stands by itself and is of a kind that no declaration has. */
  others: OtherObject[];
  /** Columns of types that no declaration can name, and what rests on them. */
  hidden: Pick<HiddenColumns, "columns" | "dependents">;
};

/** Something that stands on a partition alone. */
export type PartitionPart = { kind: string; name: string; table: string };
