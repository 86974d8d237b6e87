import type { z } from "zod";
import type { DeclaredScope, ObjectKind } from "../../../schema/declared.ts";
import type { CatalogObject } from "../model/catalog-object.ts";

/** Why Postgres cannot make of an object what is declared, though nothing else would be lost: see `Blocked`. */
export type Obstacle = { code: string; message: string; wayOut: string };

/** How one kind of object is read, made, changed and dropped. */
export interface Kind {
  readonly kind: ObjectKind;
  /** What people call it: `materialized view`. */
  readonly word: string;
  /** The catalog whose oid names it. */
  readonly catalog:
    | "pg_class"
    | "pg_type"
    | "pg_proc"
    | "pg_namespace"
    | "pg_extension"
    | "pg_trigger"
    | "pg_policy";
  /**
   * Reads all of them in the schemas `$1` (text[]), but what an extension owns, in the order in which they were made:
   * `oid`, `schema`, `name` (in its schema; of a part, in its table), `table` (the name of the table or the view that
   * it is a part of, with `schema` that one's; else null), `facts` (json), `grants` (text[] or null).
   */
  readonly query: string;
  /** Whether its drop loses what cannot be made again from a declaration. */
  readonly holdsData: boolean;
  create(object: CatalogObject): string[];
  drop(object: CatalogObject): string;
  /**
   * Makes `from` what `to` is, in place; undefined where it must be dropped and made again. `isStored`: rows of tables
   * hold values of it, so that it cannot be.
   */
  alter(from: CatalogObject, to: CatalogObject, isStored: boolean): string[] | Obstacle | undefined;
  /** What of an object the declaration has a say in; undefined where that is nothing. All of it without this. */
  within?(object: CatalogObject, scope: DeclaredScope): CatalogObject | undefined;
}

type Typed<Facts> = { name: string; table: string | undefined; facts: Facts };

/** A {@link Kind} whose facts are of one shape. */
export const defineKind = <Facts extends CatalogObject["facts"]>({
  facts,
  create,
  drop,
  alter,
  ...kind
}: Omit<Kind, "create" | "drop" | "alter"> & {
  facts: z.ZodType<Facts>;
  create(object: Typed<Facts>): string[];
  drop(object: Typed<Facts>): string;
  alter(from: Typed<Facts>, to: Typed<Facts>, isStored: boolean): string[] | Obstacle | undefined;
}): Kind => {
  const typed = (object: CatalogObject): Typed<Facts> => ({
    name: object.name,
    table: object.table,
    facts: facts.parse(object.facts),
  });
  return {
    ...kind,
    create: (object) => create(typed(object)),
    drop: (object) => drop(typed(object)),
    alter: (from, to, isStored) => alter(typed(from), typed(to), isStored),
  };
};
