import type { PlannableSchema } from "../../../../schema/declared.ts";
import type { Change } from "../../diff/change.ts";
import { quoteIdentifier, quoteName, splitName } from "../../identifier.ts";
import type { Model } from "../../model/model.ts";

/**
 * SQL that gives the rows that are there a value, for the table and the column by their present names. It is declared
 * in the names that a plan gives only at its end, so it is asked over the row in these.
 */
export function backfillAmong(
  changes: readonly Change[],
  live: Model,
  { backfills }: PlannableSchema,
): (table: string, column: string) => string | undefined {
  if (backfills === undefined) return () => undefined;
  return (table, column) => {
    const own = changes.filter((change) => "table" in change && change.table === table);
    const renamed = own.find((change) => change.kind === "renameTable")?.to ?? table;
    const names = new Map(
      own.flatMap((change) => (change.kind === "renameColumn" ? [[change.column, change.to] as const] : [])),
    );
    const declared = backfills[renamed]?.[names.get(column) ?? column];
    if (declared === undefined || (renamed === table && names.size === 0)) return declared;
    const gone = new Set(
      own.flatMap((change) =>
        change.kind === "dropColumn" || change.kind === "dropColumnToRemake" ? [change.column] : [],
      ),
    );
    const row = [...(live.tables.get(table)?.columns.keys() ?? [])]
      .filter((name) => !gone.has(name))
      .map(
        (name) =>
          `${quoteName(table)}.${quoteIdentifier(name)} as ${quoteIdentifier(names.get(name) ?? name)}`,
      );
    return `select ${declared} from (select ${row.join(", ")}) as ${quoteIdentifier(splitName(renamed).local)}`;
  };
}
