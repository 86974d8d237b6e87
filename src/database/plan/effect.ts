import type { Change } from "../diff/change.ts";
import { type Key, keyOf, keyOfObject } from "../model/catalog-object.ts";

/** What a change makes (as it is desired to be) and what it takes away (as it is in the live database). */
export type Effect = { makes: readonly Key[]; drops: readonly Key[] };

/** The {@link Effect} of a change, by which it is ordered. */
export function effectOf(change: Change): Effect {
  switch (change.kind) {
    case "createEnum":
    case "addEnumValue":
      return makes(keyOf("enum", change.name));
    case "dropEnum":
    case "setEnumAside":
      return drops(keyOf("enum", change.name));
    case "createTable":
      return makes(
        keyOf("table", change.table),
        ...[...change.definition.columns.keys()].map((column) => keyOf("column", column, change.table)),
        ...[...change.definition.constraints]
          .filter(([, { kind }]) => kind !== "foreignKey")
          .map(([name]) => keyOf("constraint", name, change.table)),
      );
    case "dropTable":
      return drops(keyOf("table", change.table));
    case "addColumn":
    case "changeType":
    case "setDefault":
    case "takeFromSequence":
      return makes(
        keyOf("column", change.column, change.table),
        keyOf("default", change.column, change.table),
      );
    case "setNotNull":
    case "addIdentity":
      return makes(keyOf("column", change.column, change.table));
    case "dropDefault":
      return { makes: [], drops: [keyOf("default", change.column, change.table)] };
    case "dropColumn":
    case "dropColumnToRemake":
      return drops(keyOf("column", change.column, change.table));
    case "addConstraint":
      return makes(keyOf("constraint", change.name, change.table));
    case "dropConstraint":
      return drops(keyOf("constraint", change.name, change.table));
    case "createIndex":
      return makes(keyOf("index", change.name, change.table));
    case "dropIndex":
      return drops(keyOf("index", change.name, change.table));
    case "giveSequence":
      return makes(keyOf("column", change.column, change.table));
    case "alterTable":
      return makes(change.of);
    case "createObject":
      return makes(keyOfObject(change.object));
    case "alterObject":
      return makes(keyOfObject(change.to));
    case "dropObject":
      return drops(keyOfObject(change.object));
    default:
      return { makes: [], drops: [] };
  }
}

const makes = (...keys: Key[]): Effect => ({ makes: keys, drops: [] });
const drops = (...keys: Key[]): Effect => ({ makes: [], drops: keys });
