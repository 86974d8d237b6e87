import { quoteIdentifier as quote, quoteName } from "../identifier.ts";
import { keyOf } from "../model/catalog-object.ts";
import type { Column } from "../model/model.ts";
import type { Difference } from "./change.ts";

type Settings = Pick<Column, "type" | "storage" | "compression" | "statistics">;

/** Since this version `set storage default` is the type's own way. */
const namesDefault = 160_000;
const keptInMain: ReadonlySet<string> = new Set(["numeric", "inet", "cidr"]);

/** How a column is kept and looked at. `from` is undefined for one that is new. */
export function diffColumnSettings(
  table: string,
  column: string,
  from: Settings | undefined,
  to: Settings,
  version: number,
  { changes }: Difference,
): void {
  const ownStorage = keptInMain.has(to.type.replace(/\(.*/, "")) ? "main" : "extended";
  const settings = [
    ...(from?.storage === to.storage
      ? []
      : [`storage ${to.storage ?? (version < namesDefault ? ownStorage : "default")}`]),
    ...(from?.compression === to.compression ? [] : [`compression ${to.compression ?? "default"}`]),
    ...(from?.statistics === to.statistics ? [] : [`statistics ${to.statistics ?? -1}`]),
  ];
  if (settings.length === 0) return;
  const actions = settings.map((setting) => `alter column ${quote(column)} set ${setting}`);
  changes.push({
    kind: "alterTable",
    table,
    of: keyOf("column", column, table),
    sql: `alter table ${quoteName(table)} ${actions.join(", ")}`,
    description: `Set ${settings.map((setting) => setting.replace(" -1", " default")).join(", ")} of ${table}.${column}`,
  });
}
