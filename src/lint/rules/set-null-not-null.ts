import type { Rule } from "../rule.ts";
import { foreignKeysOf } from "../table-parts.ts";

/** On delete set null on a column that is never null. */
export const setNullNotNull: Rule = {
  code: "set_null_not_null",
  severity: "error",
  finds: "on delete set null on a column that is never null",
  why: "The delete fails with an error about the other table.",
  wayOut: "Say nullable: true, or another onDelete.",
  check: (schema) =>
    foreignKeysOf(schema).flatMap(({ table, foreignKey }) => {
      const { name, columns, onDelete, onUpdate, setColumns } = foreignKey;
      const isNever = (column: string): boolean =>
        schema.declared.tables[table]?.columns[column]?.nullable === false;
      const deleted = onDelete === "set null" ? (setColumns ?? columns).filter(isNever) : [];
      const updated = onUpdate === "set null" ? columns.filter(isNever) : [];
      const refused = [...new Set([...deleted, ...updated])];
      if (refused.length === 0) return [];
      return [
        {
          of: { kind: "foreignKey", table, name },
          message: `The foreign key ${name} sets ${table}.${refused.join(", ")} to null, which refuses null.`,
        },
      ];
    }),
};
