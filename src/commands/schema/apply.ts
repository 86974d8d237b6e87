import { resolve } from "node:path";
import { z } from "zod";
import type { PlanFile } from "../../../schema/plan-file.ts";
import { duration, milliseconds } from "../../../schema/quantities.ts";
import { type CommandContext, defineCommand, jsonOption } from "../../core/command.ts";
import { exitCodes, StkError } from "../../core/error.ts";
import { ownPackage } from "../../core/package-root.ts";
import { stoppedBy } from "../../core/stopped.ts";
import { applyPlan } from "../../database/apply/apply.ts";
import { type ApprovedPlan, assertApproved } from "../../database/apply/approved-plan.ts";
import { makeRunSchema } from "../../database/apply/run-schema.ts";
import type { Plan } from "../../database/plan/plan.ts";
import { revisionOf } from "../../deploy/revision.ts";
import { confirm } from "./confirm.ts";
import { type Place, placeInWords } from "./place.ts";
import { readPlanFile } from "./plan-file.ts";
import { releaseOption, withPlans } from "./planning.ts";
import { plansAsJson } from "./plans-as-json.ts";
import { showPlan } from "./show-plan.ts";
import { selectionOptions, targetsOf } from "./targets.ts";

export const command = defineCommand({
  summary: "Change the database to what is declared",
  description:
    "Plans, shows the plan, asks, and applies it: under an advisory lock, in as few transactions as Postgres allows, each " +
    "lock waited for no longer than the lock timeout. With anything blocked nothing is applied (exit code 4). Every step " +
    "is recorded in _stk.applies and _stk.steps; what was cut off anywhere, the next apply takes up. It makes the table " +
    "of idempotency keys, _stk_run.idempotency, and prints the grants that the role of the release needs on it.",
  arguments: [],
  options: {
    ...selectionOptions,
    release: releaseOption,
    plan: {
      flags: "--plan <file>",
      description: "apply without a question what stk schema plan --out wrote, and nothing else",
    },
    yes: { flags: "--yes", description: "do not ask; needed where there is no terminal" },
    dryRun: { flags: "--dry-run", description: "show what would be applied, and change nothing" },
    lockTimeout: {
      flags: "--lock-timeout <duration>",
      description: "how long one try waits for a lock while others queue behind it (default: 1500ms)",
    },
    json: jsonOption,
  },
  examples: [
    { command: "stk schema apply", does: "shows the plan, asks, and applies it" },
    { command: "stk schema apply --env prod --yes", does: "applies it in CI" },
    {
      command: "stk schema apply --plan plan.json",
      does: "applies the plan that was approved, or the rest of it; refuses where anything else would be done",
    },
    { command: "stk schema apply --dry-run --json", does: "prints the plan as JSON and changes nothing" },
  ],
  input: z.strictObject({
    project: z.string().optional(),
    connection: z.string().optional(),
    env: z.string().optional(),
    release: z.string().min(1).optional(),
    plan: z.string().min(1).optional(),
    yes: z.boolean().optional(),
    dryRun: z.boolean().optional(),
    lockTimeout: duration.optional(),
    json: z.boolean().optional(),
  }),
  async run(input, context) {
    const { output, env, signal } = context;
    const approved =
      input.plan === undefined ? undefined : await readPlanFile(resolve(context.cwd, input.plan));
    const found = await targetsOf(input, context);
    return withPlans(found, input.release, context, async (open) => {
      const plans = open.map(({ planned, place }) => ({ ...planned.plan, place }));
      const done = (applied: boolean): void => output.json({ applied, plans: plansAsJson(plans) });
      for (const plan of plans) showPlan(plan, output);
      if (plans.some(({ blocked }) => blocked.length > 0)) {
        done(false);
        return exitCodes.blocked;
      }
      if (approved !== undefined)
        for (const { planned, database } of open)
          await assertApproved(database, planned.plan, approvedFor(planned.plan, approved));
      const isNothing = plans.every(({ steps }) => steps.length === 0);
      if (input.dryRun === true) {
        done(false);
        return exitCodes.done;
      }
      if (
        !isNothing &&
        approved === undefined &&
        input.yes !== true &&
        !(await isConfirmed(plans, context))
      ) {
        output.line("Nothing was applied.");
        done(false);
        return signal.aborted ? stoppedBy(signal) : exitCodes.failed;
      }
      const { revision } = await revisionOf(found.root, env, signal);
      for (const { planned, database } of open) {
        const { connection, steps } = planned.plan;
        await applyPlan(database, planned, {
          by: { version: ownPackage().version, ...(revision === undefined ? {} : { revision }) },
          signal,
          ...(input.lockTimeout === undefined ? {} : { lockTimeoutMs: milliseconds(input.lockTimeout) }),
          onStep: ({ description }, index) =>
            output.progress(`${connection} ${index + 1}/${steps.length} ${description}`),
          onRows: atMostEverySecond(({ description }, rows) =>
            output.progress(`${connection}: ${description}: ${rows} rows`),
          ),
          onProgress: ({ description }, { phase, percent }) =>
            output.progress(
              `${connection}: ${description}: ${phase}${percent === undefined ? "" : `, ${percent}%`}`,
            ),
          onRetry: (attempt, pauseMs) =>
            output.progress(
              `${connection}: a lock was not to be had in try ${attempt}; again in ${pauseMs} ms`,
            ),
        });
        const made = await makeRunSchema(database);
        if (made !== undefined) output.line(`${connection}: ${made}`);
        if (steps.length > 0)
          output.line(`${connection}: applied ${steps.length} ${steps.length === 1 ? "change" : "changes"}`);
      }
      done(!isNothing);
      return exitCodes.done;
    });
  },
});

function approvedFor({ connection }: Plan, { plans }: PlanFile): ApprovedPlan {
  const plan = plans.find((one) => one.connection === connection);
  if (plan !== undefined) return plan;
  throw new StkError("plan_stale", `The approved plan says nothing of ${connection}; nothing was applied.`, {
    hint: "Name the --connection that it is for, or make a new one with stk schema plan --out.",
  });
}

function isConfirmed(
  plans: readonly { place: Place }[],
  { interactive, signal }: CommandContext,
): Promise<boolean> {
  const places = [...new Set(plans.map(({ place }) => placeInWords(place)))].join("\n  and to ");
  if (interactive) return confirm(`Apply this to ${places}?`, signal);
  throw new StkError("confirmation_needed", "There is no terminal to ask on; nothing was applied.", {
    hint: "Give --yes to apply without a question, or --dry-run to see the plan.",
    exitCode: exitCodes.usage,
  });
}

/** Leaves out calls that come sooner than a second after one that was made. */
function atMostEverySecond<Arguments extends unknown[]>(
  call: (...values: Arguments) => void,
): (...values: Arguments) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (...values) => {
    const now = performance.now();
    if (now - last < 1_000) return;
    last = now;
    call(...values);
  };
}
