import { StkError } from "../../core/error.ts";
import type { Database } from "../database.ts";
import type { Plan } from "../plan/plan.ts";

/** A plan that somebody has approved, as far as it says what is to be done. */
export type ApprovedPlan = Pick<Plan, "connection" | "live" | "desired"> & {
  readonly steps: readonly { sql: string }[];
  readonly blocked: readonly unknown[];
};

/**
 * Lets a plan through that is the approved one, or the rest of it where an apply of it was cut off. The approved one is
 * never run by itself: what runs was planned a moment ago, for the database as it is.
 *
 * @throws {StkError} `plan_stale` where anything else would be done.
 */
export async function assertApproved(database: Database, plan: Plan, approved: ApprovedPlan): Promise<void> {
  if (approved.blocked.length > 0) throw stale(plan, "was blocked when it was approved");
  if (plan.desired !== approved.desired) throw stale(plan, "was approved for another declaration");
  if (plan.steps.length === 0) return;
  const isSame =
    plan.live === approved.live &&
    plan.steps.length === approved.steps.length &&
    plan.steps.every(({ sql }, index) => sql === approved.steps[index]?.sql);
  if (isSame) return;
  if (plan.live === approved.live)
    throw stale(plan, "would take other steps now, as the rows or the sizes of tables have changed");
  if (!(await wasBegun(database, approved)))
    throw stale(plan, "was approved for another state of the database");
  const foreign = plan.steps.find(({ sql }) => !isOf(approved, sql));
  if (foreign !== undefined)
    throw stale(plan, `was begun, and its rest would need a step that was not approved: ${foreign.sql}`);
}

/** Whether the last apply was one of this plan that never ended. */
async function wasBegun(database: Database, { connection, live, desired }: ApprovedPlan): Promise<boolean> {
  const [record] = await database.query<{ there: boolean }>(
    "select to_regclass('_stk.applies') is not null as there",
  );
  if (record?.there !== true) return false;
  const [last] = await database.query<{ begun: boolean }>(
    `select outcome is distinct from 'done' and to_fingerprint = $3 and exists (
         select from _stk.applies b where b.connection = a.connection and b.from_fingerprint = $2
           and b.to_fingerprint = $3) as begun
     from _stk.applies a where connection = $1 order by id desc limit 1`,
    [connection, live, desired],
  );
  return last?.begun ?? false;
}

const cleaning = /^(?:drop index concurrently|alter table \S+ drop constraint) (?:\S+\.)?("(?:[^"]|"")+")$/;

/** A step of the plan, or one that clears away what a step of it has left half done. */
function isOf({ steps }: ApprovedPlan, sql: string): boolean {
  if (steps.some((step) => step.sql === sql)) return true;
  const [, name] = cleaning.exec(sql) ?? [];
  return name !== undefined && steps.some((step) => step.sql.includes(name));
}

const stale = ({ connection }: Plan, why: string): StkError =>
  new StkError("plan_stale", `The approved plan for ${connection} ${why}; nothing was applied.`, {
    hint: "Make a new one with stk schema plan --out, and have it approved.",
    details: { connection },
  });
