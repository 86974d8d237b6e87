import type { Change } from "./change.ts";

/**
 * When each kind of change is made. What goes makes room for what comes; nothing is used before it is there: types,
 * tables, columns, keys, and then the foreign keys, so that tables may refer to each other in a circle. Until the last,
 * everything has the name that it had: the live rows are asked under these names too.
 */
const phases = [
  "addEnumValue",
  "createEnum",
  "dropForeignKey",
  "dropTable",
  "dropConstraint",
  "dropIndex",
  "dropColumn",
  "renameConstraint",
  "renameIndex",
  "dropNotNull",
  "createTable",
  "addColumn",
  "dropDefault",
  "changeType",
  "changeSequence",
  "takeFromSequence",
  "setDefault",
  "setNotNull",
  "addConstraint",
  "createIndex",
  "addForeignKey",
  "validateConstraint",
  "dropEnum",
  "renameSequence",
  "renameNotNull",
  "renameColumn",
  "renameTable",
  "renameEnumValue",
  "renameEnum",
] as const;
type Phase = (typeof phases)[number];

const phaseOf = (change: Change): Phase => {
  if (change.kind === "dropConstraint" && change.constraint.kind === "foreignKey") return "dropForeignKey";
  if (change.kind === "addConstraint" && change.constraint.kind === "foreignKey") return "addForeignKey";
  return change.kind;
};

/** Changes in an order in which Postgres accepts them; those of one phase stay in the order of the declaration. */
export const inOrder = (changes: readonly Change[]): Change[] =>
  changes.toSorted((a, b) => phases.indexOf(phaseOf(a)) - phases.indexOf(phaseOf(b)));
