import { quoteIdentifier, quoteName } from "../../identifier.ts";
import { columnSql } from "../column-sql.ts";
import type { Expansion, PlacedStatement } from "./expansion.ts";
import { addMark, dropMark, fill, needsBackfill } from "./fill.ts";
import { refusal } from "./refuse-null.ts";

/**
 * A column whose default differs from row to row is added without it, which writes no row, and filled in batches; a
 * mark stays on the table until that is done. One that must not be null and has no default is filled as it declares.
 */
export const addColumn: Expansion = (change, context) => {
  if (change.kind !== "addColumn") return undefined;
  const { table, column, definition } = change;
  const { default: value, ...without } = definition;
  const add = `alter table ${quoteName(table)} add column ${columnSql(column, { ...without, nullable: true })}`;
  const description = `Add the column ${table}.${column}`;
  const safe = "no row is written; the lock is short";
  if (value !== undefined) {
    if (!context.online || !context.isRewrittenByDefault(table, column)) return undefined;
    const filled = fill(table, column, "default");
    return [
      {
        sql: `${add}, alter column ${quoteIdentifier(column)} set default ${value}, ${addMark(column)}`,
        description: `${description}, whose default is for new rows`,
        placement: "together",
        safe,
      },
      ...(definition.nullable
        ? [filled, dropMark(table, column)]
        : refusal(table, column, context, "default", true)),
    ];
  }
  const backfill = context.backfillOf(table, column);
  if (backfill === undefined || !needsBackfill(definition)) return undefined;
  const filling = `(${backfill})`;
  const added: PlacedStatement = { sql: add, description, placement: "together", safe };
  if (context.online) return [added, ...refusal(table, column, context, filling)];
  return [
    added,
    fill(table, column, filling),
    {
      sql: `alter table ${quoteName(table)} alter column ${quoteIdentifier(column)} set not null`,
      description: `Refuse null in ${table}.${column}`,
      placement: "together",
    },
  ];
};
