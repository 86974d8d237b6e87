import type { CatalogObject, Key } from "../model/catalog-object.ts";
import type { Column, Constraint, Index, Table } from "../model/model.ts";

/** One thing to do to a database; data, to be ordered and written as SQL. */
export type Change =
  | { kind: "createEnum"; name: string; values: readonly string[] }
  /** Gives an enum another name for the time in which one of its name is made that lacks values. */
  | { kind: "setEnumAside"; name: string; aside: string }
  | { kind: "addEnumValue"; name: string; value: string; before: string | undefined }
  | { kind: "createTable"; table: string; definition: Table }
  | { kind: "addColumn"; table: string; column: string; definition: Column }
  /** `without`: values of the enum that go, where it is that. */
  | {
      kind: "changeType";
      table: string;
      column: string;
      from: Column;
      to: Column;
      without?: { enum: string; values: readonly string[] };
    }
  | { kind: "setDefault"; table: string; column: string; expression: string }
  | { kind: "dropDefault"; table: string; column: string }
  | {
      kind: "takeFromSequence";
      table: string;
      column: string;
      definition: Column;
      sequence: string | undefined;
    }
  | { kind: "changeSequence"; table: string; column: string; sequence: string; type: string }
  /** `sequence`: that of the serial which it was. */
  | { kind: "addIdentity"; table: string; column: string; definition: Column; sequence: string | undefined }
  | { kind: "dropIdentity"; table: string; column: string }
  | { kind: "dropExpression"; table: string; column: string }
  /** What cannot become what is declared in place; `addColumn` makes it again. */
  | { kind: "dropColumnToRemake"; table: string; column: string; from: Column; to: Column }
  | { kind: "setNotNull"; table: string; column: string }
  | { kind: "dropNotNull"; table: string; column: string }
  | { kind: "addConstraint"; table: string; name: string; constraint: Constraint }
  | { kind: "dropConstraint"; table: string; name: string; constraint: Constraint }
  | { kind: "renameConstraint"; table: string; from: string; to: string }
  | { kind: "validateConstraint"; table: string; name: string; constraint: Constraint }
  | { kind: "createIndex"; table: string; name: string; index: Index }
  | { kind: "dropIndex"; table: string; name: string; index: Index }
  | { kind: "renameIndex"; table: string; from: string; to: string }
  | { kind: "renameTable"; table: string; to: string }
  | { kind: "renameColumn"; table: string; column: string; to: string }
  | { kind: "renameSequence"; table: string; column: string; sequence: string; to: string }
  | { kind: "renameNotNull"; table: string; from: string; to: string }
  | { kind: "renameEnum"; name: string; to: string }
  | { kind: "renameEnumValue"; name: string; value: string; to: string }
  /** `takes`: the triggers and policies that go with it. */
  | { kind: "dropTable"; table: string; takes: readonly string[] }
  | { kind: "dropColumn"; table: string; column: string }
  | { kind: "dropEnum"; name: string }
  /** Lets a sequence go with a column. */
  | { kind: "giveSequence"; sequence: string; table: string; column: string }
  /** Lets a sequence go with no column, so that it stays when that goes. */
  | { kind: "releaseSequence"; name: string }
  /** Anything else of a table that `alter table` sets; `sql` is whole. `of` is what it makes as it is declared. */
  | { kind: "alterTable"; table: string; of: Key; sql: string; description: string }
  /** `restored`: it was dropped by the same plan, since something that it rests on had to change. */
  | { kind: "createObject"; object: CatalogObject; restored: boolean }
  | { kind: "alterObject"; from: CatalogObject; to: CatalogObject; sql: readonly string[] }
  | { kind: "dropObject"; object: CatalogObject; restored: boolean }
  /** `target` is what stands after COMMENT ON, `on` what that is; null takes the comment away. */
  | { kind: "setComment"; target: string; on: Key; text: string | null };

/** Why nothing can be applied, and what a person can do about it. */
export type Blocked = {
  /** Stable, snake_case. */
  code: string;
  /** What it is about: `tasks`, `tasks.title`. */
  object: string;
  message: string;
  wayOut: string;
  /** The statement that a person may decide to run, or the query that shows the rows. */
  sql?: string;
};

/** What is in the database, is not declared, and stays as it is. */
export type Notice = { kind: string; object: string; message: string };

/** What stands between a database and its declaration. */
export type Difference = { changes: Change[]; blocked: Blocked[]; notices: Notice[] };

/** No difference at all, to add to. */
export const noDifference = (): Difference => ({ changes: [], blocked: [], notices: [] });
