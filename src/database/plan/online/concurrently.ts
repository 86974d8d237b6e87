import { quoteBeside, quoteIdentifier, quoteName } from "../../identifier.ts";
import type { PlacedStatement } from "./expansion.ts";

/** An index to be built; `definition` is what stands after the table: `USING btree (a)`. */
export type WantedIndex = {
  table: string;
  name: string;
  definition: string;
  unique: boolean;
  /** What its parts are called in the names of the indexes of partitions. */
  parts: readonly string[];
};

/** What of the shape of an index stands after its table. */
export const afterTable = (shape: string): string => shape.slice(shape.indexOf(" USING ") + 1);

/** Builds an index while others write. */
export const buildConcurrently = ({ table, name, definition, unique }: WantedIndex): PlacedStatement => ({
  sql: `create ${unique ? "unique " : ""}index concurrently ${quoteIdentifier(name)} on ${quoteName(table)} ${definition}`,
  description: `Build the ${unique ? "unique " : ""}index ${name} on ${table}`,
  placement: "alone",
  safe: "others read and write while it is built",
});

/** Drops an index, or what is left of one, while others use the table. */
export const dropConcurrently = (table: string, name: string, isValid = true): PlacedStatement => ({
  sql: `drop index concurrently ${quoteBeside(table, name)}`,
  description: isValid
    ? `Drop the index ${name} of ${table}`
    : `Drop the index ${name} of ${table}, whose building was cut off`,
  placement: "alone",
  safe: "others read and write meanwhile",
});
