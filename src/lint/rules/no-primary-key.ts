import type { Rule } from "../rule.ts";
import { primaryKeyOf } from "../table-parts.ts";

/** A table without a primary key. */
export const noPrimaryKey: Rule = {
  code: "no_primary_key",
  severity: "error",
  finds: "a table without a primary key",
  why: "No row of it can be named: it can be neither changed nor replicated for sure.",
  wayOut: "Declare one: primaryKey.",
  check: ({ model }) =>
    [...model.tables].flatMap(([name, table]) =>
      primaryKeyOf(table).length > 0
        ? []
        : [{ of: { kind: "table", name }, message: `The table ${name} has no primary key.` }],
    ),
};
