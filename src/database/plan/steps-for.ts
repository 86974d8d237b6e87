import type { PlannableSchema } from "../../../schema/declared.ts";
import type { Database } from "../database.ts";
import type { Blocked, Change } from "../diff/change.ts";
import type { Model } from "../model/model.ts";
import { hazardOf } from "./hazard.ts";
import { expand, plain } from "./online/expand.ts";
import type { ExpansionContext, PlacedStatement } from "./online/expansion.ts";
import { readLeaves } from "./partition-leaves.ts";
import { find, probeFor } from "./probe.ts";
import { destruction, isRemoval, type Removal, removalBlocked, rowsDestroyed } from "./removal.ts";
import type { Step } from "./step.ts";
import { subjectOf } from "./subject.ts";
import { readTableFacts, type TableFacts } from "./table-facts.ts";

/** Where the changes lead from and to. */
export type Journey = { live: Model; desired: Model; declared: PlannableSchema; online: boolean };

/** A statement of a step before it is known what is committed with it. */
type Draft = Omit<Step, "transaction" | "touches"> & {
  change: Change;
  placement: PlacedStatement["placement"];
};

/** Writes changes as steps, in their order, and finds what the live rows have against them. */
export async function stepsFor(
  database: Database,
  changes: readonly Change[],
  { live, desired, declared, online }: Journey,
): Promise<{ steps: Step[]; blocked: Blocked[] }> {
  const context: ExpansionContext = {
    live,
    desired,
    changes,
    ...(await lookAt(database, live, changes)),
    backfillOf: (table, column) => declared.backfills?.[table]?.[column],
  };
  const blocked: Blocked[] = [];
  const drafts: Draft[] = [];
  for (const change of changes) {
    if (isRemoval(change)) {
      const obstacle = await removalBlocked(database, change, changes);
      if (obstacle === undefined) drafts.push(...(await removalDrafts(database, change)));
      else blocked.push(obstacle);
      continue;
    }
    const probe = probeFor(change, live, desired);
    const finding = probe === undefined ? {} : await find(database, probe);
    if (finding.blocked !== undefined) {
      blocked.push(finding.blocked);
      continue;
    }
    const statements = online ? expand(change, context) : plain(change, desired.enums);
    const hasRows = "table" in change && context.factsOf(change.table)?.isEmpty === false;
    const isPlain = statements.every(({ safe }) => safe === undefined);
    const hazard = [hasRows && isPlain ? hazardOf(change) : undefined, finding.unchecked]
      .filter((text) => text !== undefined)
      .join("; ");
    for (const statement of statements)
      drafts.push({
        ...statement,
        change,
        object: subjectOf(change),
        ...(hazard === "" ? {} : { hazard }),
        ...(change.kind === "changeType" && probe !== undefined
          ? { guard: { table: change.table, rows: probe.rows } }
          : {}),
      });
  }
  return { steps: inTransactions(drafts), blocked };
}

/** The facts of the live tables that the changes are about. */
async function lookAt(
  database: Database,
  live: Model,
  changes: readonly Change[],
): Promise<Pick<ExpansionContext, "factsOf" | "leavesOf">> {
  const facts = new Map<string, TableFacts>();
  const leaves = new Map<string, readonly string[]>();
  for (const change of changes)
    if ("table" in change && live.tables.has(change.table) && !facts.has(change.table)) {
      facts.set(change.table, await readTableFacts(database, change.table));
      if (live.tables.get(change.table)?.partitionBy !== undefined)
        leaves.set(change.table, await readLeaves(database, change.table));
    }
  return { factsOf: (table) => facts.get(table), leavesOf: (table) => leaves.get(table) ?? [] };
}

async function removalDrafts(database: Database, removal: Removal): Promise<Draft[]> {
  const rows = await rowsDestroyed(database, removal);
  const hazard = destruction(removal, rows);
  return plain(removal, new Map()).map((statement) => ({
    ...statement,
    change: removal,
    object: subjectOf(removal),
    ...(hazard === undefined ? {} : { hazard }),
    ...(removal.kind === "dropEnum" ? {} : { destroys: { rows } }),
  }));
}

/**
 * Commits as much together as Postgres lets. New values of an enum that another step uses are committed first: nobody
 * may use one in the transaction that made it.
 */
function inTransactions(drafts: readonly Draft[]): Step[] {
  const isFirst = ({ change }: Draft): boolean => change.kind === "addEnumValue";
  const early = drafts.some((draft) => isFirst(draft) && isUsed(draft, drafts));
  const ordered = early ? [...drafts.filter(isFirst), ...drafts.filter((draft) => !isFirst(draft))] : drafts;
  let transaction = 1;
  return ordered.map(({ change, placement, ...step }, index) => {
    const before = ordered[index - 1];
    if (before !== undefined) {
      const apart = placement !== "together" || before.placement !== "together";
      const afterEnums = early && isFirst(before) && change.kind !== "addEnumValue";
      if (apart || afterEnums) transaction += 1;
    }
    return { ...step, transaction, touches: [], ...(placement === "alone" ? { alone: true as const } : {}) };
  });
}

const isUsed = ({ change: added }: Draft, drafts: readonly Draft[]): boolean =>
  added.kind === "addEnumValue" &&
  drafts.some(
    ({ change, sql }) =>
      change.kind !== "addEnumValue" &&
      (sql.includes(added.value) || (change.kind === "changeType" && sql.includes(added.name))),
  );
