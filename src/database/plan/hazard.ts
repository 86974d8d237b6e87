import type { Change } from "../diff/change.ts";
import { isInPlace } from "../diff/type-change.ts";

/** What a change costs those who use the table meanwhile, where it has rows. */
export function hazardOf(change: Change): string | undefined {
  switch (change.kind) {
    case "changeType": {
      const { from, to } = change;
      if (from.type === to.type) return "rebuilds the column's indexes; reads and writes wait";
      const zone = [from.type, to.type].filter((type) => type.startsWith("timestamp")).length === 2;
      const loses =
        from.type === "json" && to.type === "jsonb" ? "; the order of keys and duplicates of them go" : "";
      if (isInPlace(from.type, to.type)) return undefined;
      return `rewrites the table; reads and writes wait${zone ? "; times without a zone are UTC" : ""}${loses}`;
    }
    case "addColumn":
      return change.definition.serial ? "rewrites the table; reads and writes wait" : undefined;
    case "setNotNull":
      return "reads the whole table; reads and writes wait";
    case "addConstraint":
      if (change.constraint.kind === "foreignKey") return "reads the whole table; writes to both tables wait";
      if (change.constraint.kind === "check") return "reads the whole table; reads and writes wait";
      return "builds an index; reads and writes wait";
    case "createIndex":
      return "builds an index; writes wait";
    case "validateConstraint":
      return "reads the whole table; nobody waits";
    case "renameTable":
    case "renameColumn":
      return "whatever still uses the old name fails from then on";
    default:
      return undefined;
  }
}
