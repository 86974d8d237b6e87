import { quoteIdentifier, quoteName } from "../../identifier.ts";
import { statementsOf } from "../statement.ts";
import type { Expansion } from "./expansion.ts";

/**
 * Checks and foreign keys hold for new rows at once, and are then compared with the old ones under a lock that lets
 * others read and write (PostgreSQL documentation, ALTER TABLE, NOT VALID). A partitioned table cannot have such a
 * foreign key before Postgres 18.
 */
export const validateLater: Expansion = (change, { live }) => {
  if (change.kind !== "addConstraint") return undefined;
  const { table, name, constraint } = change;
  const isPartitioned = live.tables.get(table)?.partitionBy !== undefined;
  if (constraint.kind !== "check" && (constraint.kind !== "foreignKey" || isPartitioned)) return undefined;
  const validation = `alter table ${quoteName(table)} validate constraint ${quoteIdentifier(name)}`;
  return [
    ...statementsOf(change, new Map()).map(({ sql, description }) => ({
      sql: `${sql} not valid`,
      description: `${description}, for new rows`,
      placement: "together" as const,
      safe: "nothing is read; the lock is short",
    })),
    {
      sql: validation,
      description: `Validate ${name} of ${table} for the rows that are there`,
      placement: "own",
      safe: "others read and write while it reads",
    },
  ];
};
