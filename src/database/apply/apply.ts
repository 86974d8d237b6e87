import { setTimeout as sleep } from "node:timers/promises";
import { StkError } from "../../core/error.ts";
import { readModel } from "../catalog/read-model.ts";
import type { Database } from "../database.ts";
import { diffModels } from "../diff/diff.ts";
import { quoteIdentifier, quoteName } from "../identifier.ts";
import { fingerprint } from "../model/fingerprint.ts";
import type { Model } from "../model/model.ts";
import type { Guard, Plan, Planned, Step } from "../plan/plan.ts";
import { SqlError } from "../sql-error.ts";
import { inTransaction } from "../transaction.ts";
import { withAdvisoryLock } from "./advisory-lock.ts";
import { type AppliedBy, recordApplied } from "./applied.ts";

/** How a plan is applied. Times in milliseconds. */
export type ApplyOptions = {
  by: AppliedBy;
  /** How long one try waits for a lock, and with it how long others may queue behind it. */
  lockTimeoutMs?: number;
  /** How many tries there are. */
  attempts?: number;
  /** How long to wait for another apply to end. */
  waitMs?: number;
  signal?: AbortSignal;
  /** Told before each step; steps are told again when they are tried again. */
  onStep?(step: Step, index: number): void;
  /** Told before the pause that follows a try that did not get its locks. */
  onRetry?(attempt: number, pauseMs: number): void;
  /** A number from 0 to 1. */
  random?(): number;
};

const defaults = { lockTimeoutMs: 1_000, attempts: 10, waitMs: 10_000 };
const pauses = { firstMs: 200, longestMs: 5_000 };
/** lock_not_available and deadlock_detected (PostgreSQL documentation, appendix A). */
const isLockTrouble = (error: unknown): boolean =>
  error instanceof SqlError && (error.problem.sqlstate === "55P03" || error.problem.sqlstate === "40P01");

/**
 * Applies a plan whole or not at all: under the advisory lock, in one transaction which is committed only when the
 * database is then exactly what was declared. Only new enum values that the rest needs are committed before it.
 *
 * @throws {StkError} `apply_blocked`, `apply_running`, `plan_stale`, `lock_timeout`, `statement_failed`,
 *   `rows_changed`, `not_converged`, `interrupted`, `database_lost`
 */
export async function applyPlan(database: Database, planned: Planned, options: ApplyOptions): Promise<void> {
  const { plan } = planned;
  if (plan.blocked.length > 0)
    throw new StkError("apply_blocked", `${plan.blocked.length} changes are blocked; nothing was applied.`, {
      exitCode: 4,
    });
  if (plan.steps.length === 0) return;
  const { waitMs = defaults.waitMs, signal } = options;
  await withAdvisoryLock(database, { waitMs, signal }, async () => {
    const first = plan.steps.filter(({ committedFirst }) => committedFirst === true);
    let expected = planned.live;
    if (first.length > 0) {
      await persistently(options, () =>
        transactionOf(database, planned, options, first, async () =>
          assertFresh(await readModel(database), planned.live),
        ),
      );
      expected = withDesiredEnums(planned);
    }
    const rest = plan.steps.filter(({ committedFirst }) => committedFirst !== true);
    await persistently(options, () =>
      transactionOf(
        database,
        planned,
        options,
        rest,
        async () => assertFresh(await readModel(database), expected),
        async () => {
          await assertConverged(database, planned.desired);
          await recordApplied(database, plan, options.by);
        },
      ),
    );
  });
}

/** Tries again, each time after a longer pause of random length, while locks are not to be had. */
async function persistently(options: ApplyOptions, work: () => Promise<void>): Promise<void> {
  const {
    attempts = defaults.attempts,
    lockTimeoutMs = defaults.lockTimeoutMs,
    signal,
    random = Math.random,
  } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (!isLockTrouble(error)) throw error;
      if (attempt >= attempts) throw lockTimeout(error, attempt, lockTimeoutMs);
      const longest = Math.min(pauses.firstMs * 2 ** (attempt - 1), pauses.longestMs);
      const pauseMs = Math.round(longest * (0.5 + random() / 2));
      options.onRetry?.(attempt, pauseMs);
      await sleep(pauseMs, undefined, signal === undefined ? {} : { signal });
    }
  }
}

async function transactionOf(
  database: Database,
  { plan }: Planned,
  { lockTimeoutMs = defaults.lockTimeoutMs, onStep }: ApplyOptions,
  steps: readonly Step[],
  before: () => Promise<void>,
  after: () => Promise<void> = async () => undefined,
): Promise<void> {
  await inTransaction(database, async () => {
    await database.script(`set local lock_timeout = ${lockTimeoutMs}`);
    await before();
    for (const step of steps) {
      onStep?.(step, plan.steps.indexOf(step));
      if (step.guard !== undefined) await assertNoRows(database, step, step.guard);
      await runStep(database, plan, step);
    }
    await after();
  });
}

async function runStep(database: Database, plan: Plan, step: Step): Promise<void> {
  try {
    await database.query(step.sql);
  } catch (error) {
    if (!(error instanceof SqlError) || isLockTrouble(error)) throw error;
    const { message, sqlstate, detail, hint } = error.problem;
    const number = plan.steps.indexOf(step) + 1;
    const kept =
      plan.steps.some(({ committedFirst }) => committedFirst === true) && step.committedFirst !== true;
    throw new StkError(
      "statement_failed",
      `Step ${number} of ${plan.steps.length} (${step.description}) failed: ${message} (${sqlstate})\n${step.sql}`,
      {
        hint: `${kept ? "Everything but the new enum values" : "Everything"} was rolled back.${hint === undefined ? "" : ` ${hint}`}`,
        details: {
          step: number,
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
async function assertNoRows(database: Database, step: Step, { table, rows }: Guard): Promise<void> {
  await database.query(`lock table ${quoteName(table)} in access exclusive mode`);
  const [found] = await database.query<{ count: number }>(
    `select count(*)::int4 as count from (${rows}) found`,
  );
  if (found === undefined || found.count === 0) return;
  throw new StkError(
    "rows_changed",
    `${step.description}: ${found.count} rows that came since the plan would lose by it.`,
    {
      hint: "Everything was rolled back. Plan again to see them.",
      details: { sql: rows },
    },
  );
}

function assertFresh(live: Model, expected: Model): void {
  if (fingerprint(live) === fingerprint(expected)) return;
  throw new StkError("plan_stale", "The database has changed since the plan was made; nothing was applied.", {
    hint: "Plan again.",
  });
}

async function assertConverged(database: Database, desired: Model): Promise<void> {
  const { changes, blocked } = diffModels(await readModel(database), desired);
  if (changes.length + blocked.length === 0) return;
  throw new StkError(
    "not_converged",
    "After all steps the database would still not be what is declared; nothing was applied.",
    {
      hint: "This is a defect of stk, or this server writes an expression in another way than Postgres 18 does. Report it with the details of --json.",
      details: { changes, blocked },
    },
  );
}

const withDesiredEnums = ({ live, beforeRenames }: Planned): Model => ({
  ...live,
  enums: new Map([...live.enums].map(([name, values]) => [name, beforeRenames.enums.get(name) ?? values])),
});

const lockTimeout = (cause: unknown, attempts: number, lockTimeoutMs: number): StkError =>
  new StkError(
    "lock_timeout",
    `No lock was to be had in ${attempts} tries of ${lockTimeoutMs} ms; nothing was applied.`,
    {
      hint: "A long transaction holds the table. Find it in pg_stat_activity, or apply at a quieter time.",
      cause,
    },
  );
