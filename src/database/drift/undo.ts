import type { DeclaredRemoval } from "../../../schema/declared.ts";
import type { Blocked } from "../diff/change.ts";
import { diffModels } from "../diff/diff.ts";
import { pendingTransition } from "../diff/transition.ts";
import type { Model } from "../model/model.ts";
import type { RecordedModel } from "../model/model-from-json.ts";
import type { Statement } from "../plan/object-statement.ts";
import { inOrder } from "../plan/order.ts";
import { statementsOf } from "../plan/statement.ts";

/** What would bring a database back to what it was, and what no statement can bring back. */
export type Undo = { statements: Statement[]; impossible: Pick<Blocked, "object" | "message">[] };

/**
 * The statements that would undo what has happened to a database since. For a person to read: rows that are gone do not
 * come back, and nobody has looked at those that are there.
 */
export function undoOf(live: Model, recorded: RecordedModel): Undo {
  const target: Model = { ...live, ...recorded, others: [] };
  const pending = pendingTransition(live, { renames: [], removals: removalsOf(live, recorded) });
  const { changes, blocked } = diffModels({ ...live, others: [] }, target, pending);
  return {
    statements: inOrder(changes, live, target).flatMap((change) => statementsOf(change, target.enums)),
    impossible: blocked.map(({ code, object, message }) => ({
      object,
      message:
        code === "enum_value_not_declared"
          ? `The value ${object} stays: no one statement takes it.`
          : message,
    })),
  };
}

/** All that came since would have to go. */
function removalsOf(live: Model, { enums, tables, objects }: RecordedModel): DeclaredRemoval[] {
  const removals: DeclaredRemoval[] = [];
  for (const name of live.enums.keys()) if (!enums.has(name)) removals.push({ kind: "enum", name });
  for (const [name, { columns }] of live.tables) {
    const before = tables.get(name);
    if (before === undefined) removals.push({ kind: "table", name });
    else
      for (const column of columns.keys())
        if (!before.columns.has(column)) removals.push({ kind: "column", table: name, name: column });
  }
  for (const [key, { kind, name }] of live.objects)
    if (!objects.has(key) && kind !== "trigger" && kind !== "policy") removals.push({ kind, name });
  return removals;
}
