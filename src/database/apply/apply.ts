import { StkError } from "../../core/error.ts";
import { readModel } from "../catalog/read-model.ts";
import { inWordsOf, wordingsOf } from "../catalog/respell.ts";
import type { Database } from "../database.ts";
import { diffModels } from "../diff/diff.ts";
import { fingerprint } from "../model/fingerprint.ts";
import type { Model } from "../model/model.ts";
import type { Planned } from "../plan/plan.ts";
import type { Step } from "../plan/step.ts";
import { inTransaction } from "../transaction.ts";
import { withAdvisoryLock } from "./advisory-lock.ts";
import { fillInBatches } from "./fill-in-batches.ts";
import { type AppliedBy, recordOf } from "./record.ts";
import { persistently, type Retry } from "./retry.ts";
import { runAlone } from "./run-alone.ts";
import { keptBefore, runStep } from "./run-step.ts";

/** How a plan is applied. Times in milliseconds. */
export type ApplyOptions = Partial<Retry> & {
  by: AppliedBy;
  /** How long to wait for another apply to end. */
  waitMs?: number;
  /** Told before each step; steps are told again when they are tried again. */
  onStep?(step: Step, index: number): void;
  /** Told while a step that runs in batches goes on: how many rows it has changed. */
  onRows?(step: Step, rows: number): void;
};

const defaults = { lockTimeoutMs: 1_000, attempts: 10, waitMs: 10_000 };

/**
 * Applies a plan under the advisory lock, in as few transactions as Postgres allows. The last is committed only when
 * the database is then exactly what was declared. Every step is recorded in the transaction that makes it; what was
 * cut off anywhere, the next plan takes up.
 *
 * @throws {StkError} `apply_blocked`, `apply_running`, `plan_stale`, `lock_timeout`, `statement_failed`,
 *   `rows_changed`, `backfill_null`, `rows_not_filled`, `not_converged`, `interrupted`, `database_lost`, `missing_right`
 */
export async function applyPlan(database: Database, planned: Planned, options: ApplyOptions): Promise<void> {
  const { plan } = planned;
  if (plan.blocked.length > 0)
    throw new StkError("apply_blocked", `${plan.blocked.length} changes are blocked; nothing was applied.`, {
      exitCode: 4,
    });
  if (plan.steps.length === 0) return;
  const { waitMs = defaults.waitMs, signal } = options;
  await withAdvisoryLock(database, { waitMs, signal }, () => applyGroups(database, planned, options));
}

async function applyGroups(database: Database, planned: Planned, options: ApplyOptions): Promise<void> {
  const { plan, declared } = planned;
  const record = recordOf(plan, options.by);
  const retry: Retry = {
    ...options,
    lockTimeoutMs: options.lockTimeoutMs ?? defaults.lockTimeoutMs,
    attempts: options.attempts ?? defaults.attempts,
    random: options.random ?? Math.random,
  };
  const groups = [...Map.groupBy(plan.steps, ({ transaction }) => transaction).values()];
  const begin = async (): Promise<void> => {
    assertFresh(await readModel(database, declared.scope), planned.live);
    await record.begin(database);
  };
  const end = async (): Promise<void> => {
    const model = await readModel(database, declared.scope);
    const wordings = await wordingsOf(database, planned.desired, declared);
    assertConverged(model, inWordsOf(model, planned.desired, wordings));
    await record.end(database, model);
  };
  const transaction = (kept: string, work: () => Promise<void>): Promise<void> =>
    persistently(retry, kept, () =>
      inTransaction(database, async () => {
        await database.script(
          `set local lock_timeout = ${retry.lockTimeoutMs}; set local check_function_bodies = off`,
        );
        await work();
      }),
    );

  for (const [position, group] of groups.entries()) {
    const isFirst = position === 0;
    const isLast = position === groups.length - 1;
    const index = group[0] === undefined ? 0 : plan.steps.indexOf(group[0]);
    const kept = keptBefore(plan, index);
    const [step] = group;
    if (step === undefined) continue;
    if (step.alone === true || step.batch !== undefined) {
      await transaction(kept, async () => {
        if (isFirst) await begin();
        await record.stepStarted(database, step, index + 1);
      });
      options.onStep?.(step, index);
      if (step.batch !== undefined)
        await fillInBatches(database, step, step.batch, (work) => transaction(kept, work), {
          signal: options.signal,
          onRows: (rows) => options.onRows?.(step, rows),
        });
      else await persistently(retry, kept, () => runAlone(database, plan, index, step));
      await transaction(keptBefore(plan, index + 1), async () => {
        await record.stepDone(database, step, index + 1);
        if (isLast) await end();
      });
      continue;
    }
    await transaction(kept, async () => {
      if (isFirst) await begin();
      for (const one of group) {
        const number = plan.steps.indexOf(one);
        options.onStep?.(one, number);
        await runStep(database, plan, number, one);
        await record.stepDone(database, one, number + 1);
      }
      if (isLast) await end();
    });
  }
}

function assertFresh(live: Model, expected: Model): void {
  if (fingerprint(live) === fingerprint(expected)) return;
  throw new StkError("plan_stale", "The database has changed since the plan was made; nothing was applied.", {
    hint: "Plan again.",
  });
}

function assertConverged(live: Model, desired: Model): void {
  const { changes, blocked } = diffModels(live, desired);
  if (changes.length + blocked.length === 0) return;
  throw new StkError(
    "not_converged",
    "After all steps the database would still not be what is declared; the last of them were rolled back.",
    {
      hint: "This is a defect of stk, or this server writes an expression in another way than Postgres 18 does. Report it with the details of --json.",
      details: { changes, blocked },
    },
  );
}
