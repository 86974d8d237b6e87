import type { PlannableSchema } from "../../../schema/declared.ts";
import type { Database } from "../database.ts";
import type { Blocked, Change } from "../diff/change.ts";
import type { Model } from "../model/model.ts";
import type { Shadow } from "../shadow/shadow.ts";
import { consequenceOf } from "./hazard.ts";
import { backfillAmong } from "./online/backfill.ts";
import { expand } from "./online/expand.ts";
import type { ExpansionContext } from "./online/expansion.ts";
import { fillProbe, isFilled } from "./online/fill-probe.ts";
import { type ColumnWithDefault, columnsWithDefault, lookAt, rewrittenByDefault } from "./online/look-at.ts";
import { plainStatements } from "./online/plain.ts";
import { replacementsAmong } from "./online/replacements.ts";
import { find, probeFor } from "./probe.ts";
import { destruction, isRemoval, type Removal, removalBlocked, rowsDestroyed } from "./removal.ts";
import type { Step } from "./step.ts";
import { subjectOf } from "./subject.ts";
import { type Draft, inTransactions } from "./transactions.ts";

/** Where the changes lead from and to. */
export type Journey = {
  live: Model;
  desired: Model;
  declared: PlannableSchema;
  online: boolean;
  shadow: Pick<Shadow, "read">;
};

/** Writes changes as steps, in their order, and finds what the live rows have against them. */
export async function stepsFor(
  database: Database,
  changes: readonly Change[],
  journey: Journey,
): Promise<{ steps: Step[]; blocked: Blocked[]; factsOf: ExpansionContext["factsOf"] }> {
  const { live, desired } = journey;
  const context = await contextOf(database, changes, journey);
  const blocked: Blocked[] = [];
  const drafts: Draft[] = [];
  for (const change of changes) {
    if (isRemoval(change)) {
      const obstacle = await removalBlocked(database, change, changes);
      if (obstacle === undefined) drafts.push(...(await removalDrafts(database, change)));
      else blocked.push(obstacle);
      continue;
    }
    const probe = isFilled(change, context) ? fillProbe(change, context) : probeFor(change, live, desired);
    const finding = probe === undefined ? {} : await find(database, probe);
    if (finding.blocked !== undefined) {
      blocked.push(finding.blocked);
      continue;
    }
    const statements = expand(change, context);
    const hazard = [consequenceOf(change), finding.unchecked].filter((text) => text !== undefined).join("; ");
    for (const statement of statements)
      drafts.push({
        ...statement,
        change,
        ...about(change),
        ...(hazard === "" ? {} : { hazard }),
        ...((change.kind === "changeType" || change.kind === "dropColumnToRemake") && probe !== undefined
          ? { guard: { table: change.table, rows: probe.rows } }
          : {}),
      });
  }
  return { steps: inTransactions(drafts), blocked, factsOf: context.factsOf };
}

/** What expansions may look at; the shadow is asked only where a default may differ from row to row. */
async function contextOf(
  database: Database,
  changes: readonly Change[],
  { live, desired, declared, online, shadow }: Journey,
): Promise<ExpansionContext> {
  const found = await lookAt(database, live, changes);
  const columns = online ? columnsWithDefault(changes, found.factsOf) : [];
  const rewritten =
    columns.length === 0
      ? new Set<ColumnWithDefault>()
      : await shadow.read(declared, (made) => rewrittenByDefault(made, columns));
  const isInUse = (table: string): boolean => online && found.factsOf(table)?.isEmpty === false;
  return {
    live,
    desired,
    changes,
    online,
    ...found,
    replacements: replacementsAmong(changes, live, desired, isInUse),
    backfillOf: backfillAmong(changes, live, declared),
    isRewrittenByDefault: (table, column) =>
      [...rewritten].some((one) => one.table === table && one.column === column),
  };
}

const about = (change: Change): Pick<Step, "object" | "table"> => ({
  object: subjectOf(change),
  ...("table" in change ? { table: change.table } : {}),
});

async function removalDrafts(database: Database, removal: Removal): Promise<Draft[]> {
  const rows = await rowsDestroyed(database, removal);
  const hazard = destruction(removal, rows);
  return plainStatements(removal).map((statement) => ({
    ...statement,
    change: removal,
    ...about(removal),
    ...(hazard === undefined ? {} : { hazard }),
    ...(removal.kind === "dropEnum" ? {} : { destroys: { rows } }),
  }));
}
