import type { ObjectKind } from "../../../schema/declared.ts";
import type { Change } from "../diff/change.ts";
import { keyOf } from "../model/catalog-object.ts";

/**
 * When each kind of change is made where nothing rests on another. What goes makes room for what comes; nothing is used
 * before it is there: types, tables, columns, keys, and then the foreign keys, so that tables may refer to each other
 * in a circle. Until the last, everything has the name that it had: the live rows are asked under these names too.
 */
const phases = [
  "releaseSequence",
  "dropPolicy",
  "dropTrigger",
  "dropView",
  "create schema",
  "create extension",
  "addEnumValue",
  "setEnumAside",
  "createEnum",
  "create domain",
  "create composite",
  "create sequence",
  "alterObject",
  "dropForeignKey",
  "dropTable",
  "dropConstraint",
  "dropIndex",
  "dropColumn",
  "renameConstraint",
  "renameIndex",
  "dropColumnToRemake",
  "dropIdentity",
  "dropExpression",
  "dropNotNull",
  "createTable",
  "create partition",
  "addColumn",
  "dropDefault",
  "changeType",
  "changeSequence",
  "takeFromSequence",
  "setDefault",
  "setNotNull",
  "addIdentity",
  "alterTable",
  "create routine",
  "create view",
  "create materializedView",
  "create trigger",
  "create policy",
  "setRowSecurity",
  "addConstraint",
  "createIndex",
  "addForeignKey",
  "validateConstraint",
  "giveSequence",
  "dropObject",
  "dropEnum",
  "setComment",
  "renameSequence",
  "renameNotNull",
  "renameColumn",
  "renameTable",
  "renameEnumValue",
  "renameEnum",
] as const;
type Phase = (typeof phases)[number];

const dropped: Partial<Record<ObjectKind, Phase>> = {
  policy: "dropPolicy",
  trigger: "dropTrigger",
  view: "dropView",
  materializedView: "dropView",
  partition: "dropTable",
};

function nameOf(change: Change): Phase {
  switch (change.kind) {
    case "dropConstraint":
      return change.constraint.kind === "foreignKey" ? "dropForeignKey" : "dropConstraint";
    case "addConstraint":
      return change.constraint.kind === "foreignKey" ? "addForeignKey" : "addConstraint";
    case "createObject":
      return `create ${change.object.kind}`;
    case "alterTable":
      // Row security that is enabled before its policies are there hides every row meanwhile.
      return change.of === keyOf("rowSecurity", change.table) ? "setRowSecurity" : change.kind;
    case "dropObject":
      return dropped[change.object.kind] ?? "dropObject";
    default:
      return change.kind;
  }
}

const positions = new Map(phases.map((phase, index) => [phase, index]));

/** The place of a change among the phases. */
export const phaseOf = (change: Change): number => positions.get(nameOf(change)) ?? phases.length;
