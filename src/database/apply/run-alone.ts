import type { Database } from "../database.ts";
import type { Plan } from "../plan/plan.ts";
import type { Step } from "../plan/step.ts";
import { clearInvalidIndex } from "./invalid-index.ts";
import { runStep } from "./run-step.ts";

/**
 * Runs one step outside of a transaction: a building that is cut off leaves an index that is of no
 * use. Where it fails, that is dropped.
 *
 * @throws {StkError} `statement_failed`
 */
export async function runAlone(database: Database, plan: Plan, index: number, step: Step): Promise<void> {
  await clearInvalidIndex(database, step);
  try {
    await runStep(database, plan, index, step);
  } catch (error) {
    // Where this fails too, the next plan does it; the first error says why.
    await clearInvalidIndex(database, step).catch(() => undefined);
    throw error;
  }
}
