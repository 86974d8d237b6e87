import { StkError } from "../../core/error.ts";
import type { Database } from "../database.ts";
import { quoteName } from "../identifier.ts";
import type { Plan } from "../plan/plan.ts";
import type { Guard, Step } from "../plan/step.ts";
import { SqlError } from "../sql-error.ts";
import { isLockTrouble } from "./retry.ts";

/** What has stayed of a plan when the step at `index` failed: whole transactions, and of a step in batches its batches. */
export function keptBefore({ steps }: Plan, index: number): string {
  if (steps[index]?.batch !== undefined)
    return "what was filled has stayed, and the next apply goes on from there";
  const failed = steps[index]?.transaction ?? 0;
  const kept = steps.filter(({ transaction }) => transaction < failed).length;
  if (kept === 0) return "nothing was applied";
  return `${kept === 1 ? "the first step has" : `the first ${kept} steps have`} stayed, and the next apply goes on from there`;
}

/**
 * Runs one step in the transaction that is open, or in none where it is alone.
 *
 * @throws {StkError} `statement_failed`, `rows_changed`
 */
export const runStep = (database: Database, plan: Plan, index: number, step: Step): Promise<void> =>
  explained(plan, index, async () => {
    if (step.guard !== undefined) await assertNoRows(database, plan, index, step, step.guard);
    await database.query(step.sql);
  });

/**
 * Runs what belongs to the step at `index`.
 *
 * @throws {StkError} `statement_failed` where Postgres refuses it for another reason than a lock.
 */
export async function explained(plan: Plan, index: number, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const step = plan.steps[index];
    if (!(error instanceof SqlError) || step === undefined || isLockTrouble(error)) throw error;
    const { message, sqlstate, detail, hint } = error.problem;
    throw new StkError(
      "statement_failed",
      `Step ${index + 1} of ${plan.steps.length} (${step.description}) failed: ${message} (${sqlstate})\n${step.sql}`,
      {
        hint: `${sentence(keptBefore(plan, index))}${hint === undefined ? "" : ` ${hint}`}`,
        details: {
          step: index + 1,
          sql: step.sql,
          sqlstate,
          message,
          ...(detail === undefined ? {} : { detail }),
        },
        cause: error,
      },
    );
  }
}

/** Rows that came after the plan was made are found here, where no more can come. */
async function assertNoRows(
  database: Database,
  plan: Plan,
  index: number,
  step: Step,
  { table, rows }: Guard,
): Promise<void> {
  await database.query(`lock table ${quoteName(table)} in access exclusive mode`);
  const [found] = await database.query<{ count: number }>(
    `select count(*)::int4 as count from (${rows}) found`,
  );
  if (found === undefined || found.count === 0) return;
  throw new StkError(
    "rows_changed",
    `${step.description}: ${found.count} rows that came since the plan would lose by it.`,
    {
      hint: `${sentence(keptBefore(plan, index))} Plan again to see them.`,
      details: { sql: rows },
    },
  );
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
