import { quoteName } from "../identifier.ts";
import { keyOf } from "../model/catalog-object.ts";
import type { Table } from "../model/model.ts";
import { storageList } from "../storage-parameters.ts";
import type { Difference } from "./change.ts";

/** Storage parameters of a table that is there. */
export function diffStorage(table: string, live: Table, desired: Table, { changes }: Difference): void {
  const alter = (sql: string, description: string): void =>
    void changes.push({
      kind: "alterTable",
      table,
      of: keyOf("table", table),
      sql: `alter table ${quoteName(table)} ${sql}`,
      description,
    });
  const [from, to] = [live.storage ?? {}, desired.storage ?? {}];
  const set = Object.fromEntries(Object.entries(to).filter(([name, value]) => from[name] !== value));
  const reset = Object.keys(from).filter((name) => to[name] === undefined);
  if (Object.keys(set).length > 0)
    // Postgres keeps them in the order in which they were set: all of them, so that it is that of a new table.
    alter(`set (${storageList(to)})`, `Set ${storageList(set)} of ${table}`);
  if (reset.length > 0)
    alter(`reset (${reset.join(", ")})`, `Let ${reset.join(", ")} of ${table} be as usual`);
}
