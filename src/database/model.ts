import type { Json } from "../core/canonical-json.ts";
import { canonicalJson } from "../core/canonical-json.ts";
import { type Digest, digestOf } from "../core/digest.ts";

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
  generated?: "stored" | "virtual";
};

/** A constraint; `definition` is what stands after its name in `alter table ... add constraint`. */
export type Constraint = {
  kind: "primaryKey" | "unique" | "check" | "foreignKey" | "exclusion";
  definition: string;
  columns: readonly string[];
  validated: boolean;
  /** Whether a declaration could say it. */
  expressible: boolean;
  /** The condition of a check. */
  expression?: string;
  /** Where a foreign key leads; `index` is the unique index that it rests on. */
  references?: { table: string; columns: readonly string[]; index: string };
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
};

export type Table = {
  columns: ReadonlyMap<string, Column>;
  constraints: ReadonlyMap<string, Constraint>;
  indexes: ReadonlyMap<string, Index>;
};

/** What there is beside tables and enums, by name only. */
export type OtherObject = { kind: string; name: string };

/** The schema `public` of one database. */
export type Model = {
  enums: ReadonlyMap<string, readonly string[]>;
  tables: ReadonlyMap<string, Table>;
  others: readonly OtherObject[];
};

/** Equal for databases in which the same is declared, in whatever order it was made. */
export const fingerprint = ({ enums, tables }: Model): Digest =>
  digestOf(
    canonicalJson({
      enums: Object.fromEntries([...enums].map(([name, values]) => [name, [...values]])),
      tables: Object.fromEntries(
        [...tables].map(([name, table]) => [
          name,
          {
            columns: plain(new Map([...table.columns].map(([column, own]) => [column, unnamed(own)]))),
            constraints: plain(table.constraints),
            indexes: plain(table.indexes),
          },
        ]),
      ),
    }),
  );

/** Postgres before 18 knows no name for NOT NULL. */
const unnamed = ({ notNull, ...column }: Column): Omit<Column, "notNull"> => column;

const plain = (members: ReadonlyMap<string, { [key: string]: Json | undefined }>): Json =>
  Object.fromEntries(members);
