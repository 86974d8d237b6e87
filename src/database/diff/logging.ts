import { quoteName } from "../identifier.ts";
import { keyOf } from "../model/catalog-object.ts";
import type { Model } from "../model/model.ts";
import type { Difference } from "./change.ts";

/**
 * Whether the rows of the tables that are there survive a crash. No logged table may refer to one that is not, so what
 * is referred to is logged first and stops being logged last.
 */
export function diffLogging(live: Model, desired: Model, { changes }: Difference): void {
  const differ = [...desired.tables].flatMap(([name, { unlogged }]) => {
    const present = live.tables.get(name);
    return present === undefined || present.unlogged === unlogged ? [] : [name];
  });
  const inOrder = referredFirst(differ, live);
  for (const table of inOrder.filter((name) => desired.tables.get(name)?.unlogged === undefined))
    changes.push({
      kind: "alterTable",
      table,
      of: keyOf("table", table),
      sql: `alter table ${quoteName(table)} set logged`,
      description: `Let the rows of ${table} survive a crash`,
    });
  for (const table of inOrder.filter((name) => desired.tables.get(name)?.unlogged === true).toReversed())
    changes.push({
      kind: "alterTable",
      table,
      of: keyOf("table", table),
      sql: `alter table ${quoteName(table)} set unlogged`,
      description: `Let the rows of ${table} be lost in a crash, for faster writes`,
    });
}

/** Tables, each after those that it refers to. */
function referredFirst(names: readonly string[], { tables }: Model): string[] {
  const done = new Set<string>();
  const visit = (name: string): void => {
    if (done.has(name) || !names.includes(name)) return;
    done.add(name);
    for (const { references } of tables.get(name)?.constraints.values() ?? [])
      if (references !== undefined && !done.has(references.table)) visit(references.table);
    ordered.push(name);
  };
  const ordered: string[] = [];
  for (const name of names) visit(name);
  return ordered;
}
