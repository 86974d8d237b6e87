import type { Blocked, Change } from "../diff/change.ts";
import type { Model } from "../model/model.ts";
import { fillsRows } from "./fills-rows.ts";

/**
 * New columns that refuse null and have no default, on tables that are there: every insert of a release that does not
 * know them fails, also where a table has no row yet.
 */
export const breaksInserts = (changes: readonly Change[], live: Model, desired: Model): Blocked[] =>
  changes.flatMap((change): Blocked[] => {
    if (change.kind !== "addColumn" || !live.tables.has(change.table)) return [];
    const { nullable, default: value, serial, identity } = change.definition;
    const isFilled = value !== undefined || serial || identity !== undefined;
    if (nullable || isFilled || fillsRows(change.table, desired)) return [];
    const object = `${change.table}.${change.column}`;
    return [
      {
        code: "breaks_inserts",
        object,
        message: `The new column ${object} is NOT NULL without a default: every insert of the running release fails, since it gives no value.`,
        wayOut: `Give it a default. Or take two steps: nullable now, and nullable: false once every release that runs gives it a value. If nothing that runs inserts into ${change.table}, say so: approved: { ${object}: [breaks_inserts] }`,
      },
    ];
  });
