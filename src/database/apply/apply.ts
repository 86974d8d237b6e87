import type { PlannableSchema } from "../../../schema/declared.ts";
import { StkError } from "../../core/error.ts";
import { readModel } from "../catalog/read-model.ts";
import { inWordsOf, wordingsOf } from "../catalog/respell.ts";
import type { Database } from "../database.ts";
import { diffModels } from "../diff/diff.ts";
import { pendingTransition } from "../diff/transition.ts";
import { fingerprint } from "../model/fingerprint.ts";
import type { Model } from "../model/model.ts";
import type { Planned } from "../plan/plan.ts";
import type { Step } from "../plan/step.ts";
import { withAdvisoryLock } from "./advisory-lock.ts";
import { fillInBatches } from "./fill-in-batches.ts";
import { lockHolders } from "./lock-holders.ts";
import { assertOwnSession } from "./own-session.ts";
import { type BuildProgress, withProgress } from "./progress.ts";
import { type AppliedBy, isBehind, recordOf } from "./record.ts";
import { persistently, type Retry } from "./retry.ts";
import { assertRights } from "./rights.ts";
import { runAlone } from "./run-alone.ts";
import { explained, keptBefore, runStep } from "./run-step.ts";
import { openSession } from "./session.ts";

/** How a plan is applied. Times in milliseconds. */
export type ApplyOptions = Partial<Omit<Retry, "holders">> & {
  by: AppliedBy;
  /** How long to wait for another apply to end. */
  waitMs?: number;
  /** Told before each step; steps are told again when they are tried again. */
  onStep?(step: Step, index: number): void;
  /** Told while a step that runs in batches goes on: how many rows it has changed. */
  onRows?(step: Step, rows: number): void;
  /** Told every second while an index is built. */
  onProgress?(step: Step, progress: BuildProgress): void;
};

// Autovacuum gives way to who has waited for `deadlock_timeout`, which is a second: less than that never gets the lock.
const defaults = { lockTimeoutMs: 1_500, attempts: 10, waitMs: 10_000 };

/**
 * Applies a plan under the advisory lock, in as few transactions as Postgres allows, and sees at the end that the
 * database is exactly what was declared. Every step is recorded in the transaction that makes it; what was cut off
 * anywhere, the next plan takes up.
 *
 * @throws {StkError} `apply_blocked`, `apply_running`, `plan_stale`, `lock_timeout`, `statement_failed`,
 *   `rows_changed`, `backfill_null`, `rows_not_filled`, `not_converged`, `interrupted`, `database_lost`, `missing_right`,
 *   `session_changed`
 */
export async function applyPlan(database: Database, planned: Planned, options: ApplyOptions): Promise<void> {
  const { plan } = planned;
  if (plan.blocked.length > 0)
    throw new StkError("apply_blocked", `${plan.blocked.length} changes are blocked; nothing was applied.`, {
      exitCode: 4,
    });
  const { waitMs = defaults.waitMs, signal } = options;
  if (plan.steps.length === 0 && !(await isBehind(database, plan))) return;
  await assertOwnSession(database);
  await withAdvisoryLock(database, { waitMs, signal }, () => applySteps(database, planned, options));
}

async function applySteps(database: Database, planned: Planned, options: ApplyOptions): Promise<void> {
  const { plan, declared } = planned;
  const record = recordOf(plan, options.by);
  const lockTimeoutMs = options.lockTimeoutMs ?? defaults.lockTimeoutMs;
  const session = await openSession(database, lockTimeoutMs);
  const retry: Retry = {
    ...options,
    lockTimeoutMs,
    attempts: options.attempts ?? defaults.attempts,
    random: options.random ?? Math.random,
    holders: () => lockHolders(database),
  };
  const transaction = (index: number, work: () => Promise<void>): Promise<void> =>
    persistently(retry, keptBefore(plan, index), () => session.transaction(work));

  await transaction(0, async () => {
    assertFresh(await readModel(database, declared.scope), planned.live);
    await assertRights(database, planned.changes);
    await record.begin(database);
  });
  const groups = Map.groupBy([...plan.steps.entries()], ([, step]) => step.transaction);
  for (const group of groups.values()) {
    const [[index, first] = []] = group;
    if (index === undefined || first === undefined) continue;
    if (first.alone === true || first.batch !== undefined) {
      await transaction(index, () => record.stepStarted(database, first, index + 1));
      options.onStep?.(first, index);
      if (first.batch === undefined)
        await withProgress(
          database,
          options.onProgress && ((progress) => options.onProgress?.(first, progress)),
          () =>
            session.alone(() =>
              persistently(retry, keptBefore(plan, index), () => runAlone(database, plan, index, first)),
            ),
        );
      else
        await fillInBatches(
          database,
          first,
          first.batch,
          (work) => explained(plan, index, () => transaction(index, work)),
          {
            signal: options.signal,
            onRows: (rows) => options.onRows?.(first, rows),
          },
        );
      await transaction(index + 1, () => record.stepDone(database, first, index + 1));
      continue;
    }
    // What is put off to the end of the transaction fails there.
    await explained(plan, index + group.length - 1, () =>
      transaction(index, async () => {
        for (const [number, step] of group) {
          options.onStep?.(step, number);
          await runStep(database, plan, number, step);
          await record.stepDone(database, step, number + 1);
        }
      }),
    );
  }
  // Apart from the last step, so that no lock of it is held while the whole model is read.
  await transaction(plan.steps.length, async () => {
    const model = await readModel(database, declared.scope);
    const wordings = await wordingsOf(database, planned.desired, declared);
    assertConverged(model, inWordsOf(model, planned.desired, wordings), declared);
    await record.end(database, model);
  });
}

function assertFresh(live: Model, expected: Model): void {
  if (fingerprint(live) === fingerprint(expected)) return;
  throw new StkError("plan_stale", "The database has changed since the plan was made; nothing was applied.", {
    hint: "Plan again.",
  });
}

function assertConverged(live: Model, desired: Model, { transition }: PlannableSchema): void {
  const { changes, blocked } = diffModels(live, desired, pendingTransition(live, transition));
  if (changes.length + blocked.length === 0) return;
  throw new StkError(
    "not_converged",
    "All steps were applied, and the database is still not what is declared.",
    {
      hint: "This is a defect of stk, or this server writes an expression in another way than Postgres 18 does. Report it with the details of --json.",
      details: { changes, blocked },
    },
  );
}
