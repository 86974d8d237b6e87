import type { CatalogObject, Key } from "./catalog-object.ts";

/** A column as Postgres keeps it; every text is Postgres' own spelling. */
export type Column = {
  type: string;
  nullable: boolean;
  /** The default, or the expression of a generated column. Left out where `serial` says it all. */
  default?: string;
  /** Where it is not the type's own. */
  collation?: string;
  /** Whether the default is the next value of a sequence that the column owns. */
  serial: boolean;
  /** The sequence that the column owns, whether or not the default takes from it. */
  sequence?: string;
  /** The constraint that refuses null, which has a name since Postgres 18. */
  notNull?: string;
  identity?: "always" | "by default";
  /** How the sequence of an identity column counts, where it is not as usual: `start with 1000`. */
  identityOptions?: string;
  generated?: "stored" | "virtual";
  /** Where it is not the type's own. */
  storage?: string;
  compression?: string;
  statistics?: number;
};

/** A constraint; `definition` is what stands after its name in `alter table ... add constraint`. */
export type Constraint = {
  kind: "primaryKey" | "unique" | "check" | "foreignKey" | "exclusion";
  definition: string;
  columns: readonly string[];
  /** False of a key of a partitioned table of which a partition has no part yet, too. */
  validated: boolean;
  /** Whether a declaration could say it. */
  expressible: boolean;
  /** The condition of a check. */
  expression?: string;
  /** Whether to a unique constraint two nulls are equal. */
  nullsNotDistinct?: true;
  /** What an exclusion constraint compares two rows by; `operator` stands between two operands. */
  excludes?: readonly { expression: string; operator: string }[];
  /** Which rows an exclusion constraint is about. */
  predicate?: string;
  /**
   * Where a foreign key leads; `index` is the unique index that it rests on. `full`: no column of it is null, or all.
   */
  references?: { table: string; columns: readonly string[]; index: string; full: boolean };
};

/** An index that no constraint owns; `shape` is its definition without the name. */
export type Index = {
  definition: string;
  shape: string;
  unique: boolean;
  /** False for what a failed `create index concurrently` left behind. */
  valid: boolean;
  expressible: boolean;
  /** Columns or expressions, without order and operator class. */
  keys: readonly string[];
  predicate?: string;
  /** Whether to a unique index two nulls are equal. */
  nullsNotDistinct?: true;
  storage?: Readonly<Record<string, string>>;
};

/** A table, whose partitions are objects of their own. */
export type Table = {
  columns: ReadonlyMap<string, Column>;
  constraints: ReadonlyMap<string, Constraint>;
  indexes: ReadonlyMap<string, Index>;
  /** What stands after PARTITION BY: `RANGE (at)`. */
  partitionBy?: string;
  /** The columns that PARTITION BY names. */
  partitionColumns?: string[];
  /** Storage parameters, those of its TOAST table with the prefix `toast.`. */
  storage?: Readonly<Record<string, string>>;
  unlogged?: true;
  rowSecurity?: "enabled" | "forced";
  /** Where it is not the database's own. Read and kept, never changed. */
  tablespace?: string;
};

/** What there is that no declaration can say, by name only. */
export type OtherObject = { kind: string; name: string };

/** What is managed of one database. Names outside of the schema `public` are `SCHEMA.NAME`. */
export type Model = {
  /** The server's version, as it numbers it: 170002. Not compared. */
  version: number;
  enums: ReadonlyMap<string, readonly string[]>;
  tables: ReadonlyMap<string, Table>;
  /** Everything else that can be declared, by its key. */
  objects: ReadonlyMap<Key, CatalogObject>;
  /** Comments, by what stands after COMMENT ON: `table "tasks"`. */
  comments: ReadonlyMap<string, string>;
  /** What each comment is on: the column of a table, else the whole. */
  commented: ReadonlyMap<string, Key>;
  /** What each thing rests on, by keys. */
  dependencies: ReadonlyMap<Key, ReadonlySet<Key>>;
  others: readonly OtherObject[];
  /** Of a desired model, what Postgres writes at first of what it spells otherwise once it has read that. */
  asWritten?: Pick<Model, "tables" | "objects">;
};
