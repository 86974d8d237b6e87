import type { ObjectKind } from "../../../schema/declared.ts";
import type { Json } from "../../core/canonical-json.ts";

/** Something in a database beside tables and enums. Two of the same kind and name are the same where `facts` are. */
export type CatalogObject = {
  kind: ObjectKind;
  /** `slugify(text)`, `audit.log`; for a part of a table or a view, the name that it has there. */
  name: string;
  /** The table or the view that it is a part of: of a trigger and a policy. */
  table?: string;
  /** All that is compared, in Postgres' own spelling. */
  facts: Readonly<Record<string, Json>>;
  /** What is to be run after it was made anew, so that the rights on it are as they were. Not compared. */
  grants?: readonly string[];
  /** The condition of the rows that a partition takes, where it is one of its columns. Not compared. */
  rows?: string;
};

/** What names something in a database, whatever it is: `table:tasks`, `column:tasks.title`, `view:audit.log`. */
export type Key = string;

/** The key of anything; `table` for what is a part of one. */
export const keyOf = (kind: string, name: string, table?: string): Key =>
  `${kind}:${table === undefined ? "" : `${table}.`}${name}`;

export const keyOfObject = ({ kind, name, table }: CatalogObject): Key => keyOf(kind, name, table);
