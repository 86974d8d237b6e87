import type { DeclaredKeyRename } from "../../../schema/declared.ts";
import type { Model } from "../model/model.ts";
import { yamlName } from "../yaml-name.ts";
import type { Blocked } from "./change.ts";

/** What of the declared renames of keys, checks and indexes is yet to be made in one database. */
export type PendingKeyRenames = {
  blocked: Blocked[];
  /** The name that a declared constraint or index has in the database; undefined where no rename of it is to be made. */
  oldNameOf(kind: DeclaredKeyRename["kind"], table: string, name: string): string | undefined;
};

/**
 * Compares the declared renames with what is there, as `pendingTransition` does it for all else. `liveTable` gives the
 * name that a declared table has in the database.
 */
export function pendingKeyRenames(
  live: Model,
  renames: readonly DeclaredKeyRename[],
  liveTable: (declared: string) => string,
): PendingKeyRenames {
  const blocked: Blocked[] = [];
  const pending = renames.filter(({ kind, table, from, to }) => {
    const found = live.tables.get(liveTable(table));
    const there = kind === "index" ? found?.indexes : found?.constraints;
    if (!there?.has(from)) return false;
    if (!there.has(to)) return true;
    blocked.push({
      code: "rename_conflict",
      object: `${table}.${to}`,
      message: `The ${kind} ${to} of ${table} is declared as renamed from ${from}, and the database has both.`,
      wayOut: `Take renamedFrom: ${yamlName(from)} away, and ${from} is dropped unless it is declared too.`,
    });
    return false;
  });
  return {
    blocked,
    oldNameOf: (kind, table, name) =>
      pending.find((one) => one.kind === kind && liveTable(one.table) === table && one.to === name)?.from,
  };
}
