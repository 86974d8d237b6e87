import { type Difference, noDifference } from "./change.ts";
import { diffColumns } from "./diff-columns.ts";
import { diffEnums } from "./diff-enums.ts";
import { diffConstraints, diffIndexes } from "./diff-keys.ts";
import type { Model, Table } from "./model.ts";

/** What has to happen to `live` so that all that is in `desired` is in it. Both come from the one reader. */
export function diffModels(live: Model, desired: Model): Difference {
  const difference = noDifference();
  diffEnums(live, desired, difference);
  for (const [name, table] of desired.tables) {
    const present = live.tables.get(name);
    if (present === undefined) addTable(name, table, live, difference);
    else {
      diffColumns(name, present, table, difference);
      diffIndexes(name, present, table, difference);
    }
  }
  diffConstraints(live, desired, difference);
  for (const name of live.tables.keys())
    if (!desired.tables.has(name))
      difference.notices.push({ kind: "table", object: name, message: `The table ${name} is not declared.` });
  for (const { kind, name } of live.others)
    difference.notices.push({ kind, object: name, message: `The ${kind} ${name} cannot be declared.` });
  return difference;
}

function addTable(name: string, table: Table, live: Model, { changes, blocked }: Difference): void {
  const taken = live.others.find((other) => other.name === name && other.kind !== "domain");
  if (taken !== undefined) {
    blocked.push({
      code: "name_taken",
      object: name,
      message: `The table ${name} is declared, and the database has a ${taken.kind} of that name.`,
      wayOut: `Rename the one or the other.`,
    });
    return;
  }
  changes.push({ kind: "createTable", table: name, definition: table });
  for (const [index, definition] of table.indexes)
    changes.push({ kind: "createIndex", table: name, name: index, index: definition });
}
