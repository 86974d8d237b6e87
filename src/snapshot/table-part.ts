/** What a piece of YAML may be. */
export type Value =
  | string
  | number
  | boolean
  | null
  | readonly Value[]
  | { readonly [key: string]: Value | undefined };

/** A constraint or an index of a table, and where in its declaration it stands. */
export type TablePart = {
  kind: "primaryKey" | "unique" | "check" | "foreignKey" | "exclusion" | "index";
  name: string;
  columns: readonly string[];
  /** `[columns, NAME]`: members of the column; `[checks, NAME]`, `[primaryKey]`: the value; a list: an item of it. */
  at:
    | readonly ["columns" | "checks", string]
    | readonly ["primaryKey" | "unique" | "foreignKeys" | "exclusions" | "indexes"];
  value: Value;
};
