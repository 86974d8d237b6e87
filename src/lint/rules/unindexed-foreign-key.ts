import type { Table } from "../../database/model/model.ts";
import type { Rule } from "../rule.ts";
import { columnOfKey, foreignKeysOf } from "../table-parts.ts";

/** What each index and key of a table sorts by, as far as it is columns. */
const leads = ({ constraints, indexes }: Table): (readonly (string | undefined)[])[] => [
  ...[...constraints.values()].flatMap(({ kind, columns }) =>
    kind === "primaryKey" || kind === "unique" ? [columns] : [],
  ),
  ...[...indexes.values()].flatMap(({ shape, keys, predicate }) => {
    const columns = keys.map(columnOfKey);
    const isWhole =
      predicate === undefined || columns.some((column) => predicate === `(${column} IS NOT NULL)`);
    return isWhole && / USING (?:btree|hash) /.test(shape) ? [columns] : [];
  }),
];

/** In whatever order: all of them are compared with one value. */
const beginsWith = (lead: readonly (string | undefined)[], columns: readonly string[]): boolean => {
  const first = lead.slice(0, columns.length);
  return columns.every((column) => first.includes(column));
};

/** A foreign key without an index. */
export const unindexedForeignKey: Rule = {
  code: "unindexed_foreign_key",
  severity: "error",
  finds: "a foreign key without an index",
  why: "Each delete and each change of a key that it refers to reads the whole table.",
  wayOut: "Declare an index that begins with its columns.",
  check: (schema) =>
    foreignKeysOf(schema).flatMap(({ table, foreignKey }) => {
      const { name, columns } = foreignKey;
      const own = schema.model.tables.get(table);
      if (own === undefined || leads(own).some((lead) => beginsWith(lead, columns))) return [];
      return [
        {
          of: { kind: "foreignKey", table, name },
          message: `The foreign key ${name} has no index on ${table} (${columns.join(", ")}).`,
        },
      ];
    }),
};
