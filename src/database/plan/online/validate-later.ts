import { quoteIdentifier, quoteName } from "../../identifier.ts";
import { statementsOf } from "../statement.ts";
import type { Expansion, PlacedStatement } from "./expansion.ts";
import type { AddedConstraint } from "./replacements.ts";

const firstWithPartitionedKeys = 180_000;

/**
 * Checks and foreign keys hold for new rows at once, and are then compared with the old ones under a lock that lets
 * others read and write (PostgreSQL documentation, ALTER TABLE, NOT VALID). A partitioned table cannot have such a
 * foreign key before Postgres 18. One in the place of another of its name comes in the moment in which that goes.
 */
export const validateLater: Expansion = (change, { live, replacements }) => {
  if (change.kind === "validateConstraint") {
    const { kind } = change.constraint;
    return kind === "check" || kind === "foreignKey" ? [validation(change)] : undefined;
  }
  if (change.kind !== "addConstraint") return undefined;
  const { constraint, table, name } = change;
  const isPartitioned = live.tables.get(table)?.partitionBy !== undefined;
  const isTooOld = isPartitioned && live.version < firstWithPartitionedKeys;
  if (constraint.kind !== "check" && (constraint.kind !== "foreignKey" || isTooOld)) return undefined;
  if (/ NOT ENFORCED$/.test(constraint.definition)) return undefined;
  if (replacements.isTakenOver(change)) return [validation(change)];
  const old = replacements.predecessorOf(change);
  const addition = withoutValidation(change);
  if (old === undefined) return [addition, validation(change)];
  const alter = `alter table ${quoteName(table)}`;
  return [
    {
      ...addition,
      sql: `${alter} drop constraint ${quoteIdentifier(old.name)}, add constraint ${quoteIdentifier(name)} ${constraint.definition} not valid`,
      description: `Replace ${name} of ${table}, for new rows`,
    },
    validation(change),
  ];
};

/** Adds a check or a foreign key that says nothing of the rows that are there. */
export function withoutValidation(change: AddedConstraint): PlacedStatement {
  const [statement = { sql: "", description: "" }] = statementsOf(change, new Map());
  return {
    sql: `${statement.sql} not valid`,
    description: `${statement.description}, for new rows`,
    placement: "together",
    safe: "nothing is read; the lock is short",
  };
}

const validation = ({ table, name }: { table: string; name: string }): PlacedStatement => ({
  sql: `alter table ${quoteName(table)} validate constraint ${quoteIdentifier(name)}`,
  description: `Validate ${name} of ${table} for the rows that are there`,
  placement: "own",
  safe: "others read and write while it reads",
});
