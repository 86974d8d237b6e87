import type { Rule } from "../rule.ts";
import { foreignKeysOf } from "../table-parts.ts";

/** A foreign key between columns of two types. */
export const foreignKeyTypes: Rule = {
  code: "foreign_key_types",
  severity: "error",
  finds: "a foreign key between columns of two types",
  why: "Each check converts, some values fit on one side only, and an index may not be used.",
  wayOut: "Give both the same type.",
  check: (schema) =>
    foreignKeysOf(schema).flatMap(({ table, foreignKey }) =>
      foreignKey.columns.flatMap((column, at) => {
        const other = foreignKey.references[at] ?? "";
        const own = schema.model.tables.get(table)?.columns.get(column)?.type;
        const target = schema.model.tables.get(foreignKey.table)?.columns.get(other)?.type;
        if (own === undefined || target === undefined || own === target) return [];
        return [
          {
            of: { kind: "foreignKey", table, name: foreignKey.name },
            message: `${table}.${column} is ${own}, and ${foreignKey.table}.${other} is ${target}.`,
          },
        ];
      }),
    ),
};
