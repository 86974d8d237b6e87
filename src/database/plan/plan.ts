import type { PlannableSchema } from "../../../schema/declared.ts";
import type { Digest } from "../../core/digest.ts";
import { readModel } from "../catalog/read-model.ts";
import type { Database } from "../database.ts";
import type { Blocked, Notice } from "../diff/change.ts";
import { diffModels } from "../diff/diff.ts";
import { type PendingTransition, pendingTransition } from "../diff/transition.ts";
import { fingerprint } from "../model/fingerprint.ts";
import type { Model } from "../model/model.ts";
import type { Shadow } from "../shadow/shadow.ts";
import { inSnapshot } from "../transaction.ts";
import { withoutApproved } from "./approval.ts";
import { inOrder } from "./order.ts";
import type { Step } from "./step.ts";
import { stepsFor } from "./steps-for.ts";

/** What to do to a database, as data. With anything in `blocked`, none of it is done. */
export type Plan = {
  formatVersion: 1;
  connection: string;
  /** The fingerprint of the database that the plan was made for. */
  live: Digest;
  /** The fingerprint of the declaration. */
  desired: Digest;
  steps: Step[];
  blocked: Blocked[];
  notices: Notice[];
};

/** A plan with the two models that it leads from and to, and the one that it has come to before it renames. */
export type Planned = {
  plan: Plan;
  live: Model;
  beforeRenames: Model;
  desired: Model;
  declared: PlannableSchema;
};

/** `shadow` makes models of the declaration. `probeTimeoutMs`: how long one look at the live rows may take. */
export type PlanOptions = {
  connection: string;
  declared: PlannableSchema;
  shadow: Pick<Shadow, "model" | "read">;
  probeTimeoutMs?: number;
  /** Whether others use the database meanwhile, so that steps must let them. */
  online?: boolean;
};

const defaultProbeTimeoutMs = 60_000;

/** Compares a database with what is declared, and looks in its rows for what would fail. Changes nothing. */
export async function planSchema(
  database: Database,
  { connection, declared, shadow, probeTimeoutMs = defaultProbeTimeoutMs, online = true }: PlanOptions,
): Promise<Planned> {
  const desired = await shadow.model(declared);
  return inSnapshot(database, async () => {
    const live = await readModel(database, declared.scope);
    await database.script(`set local statement_timeout = ${probeTimeoutMs}`);
    const pending = pendingTransition(live, declared.transition);
    const beforeRenames = await withoutRenames(desired, pending, { declared, shadow });
    const { changes, blocked, notices } = diffModels(live, beforeRenames, pending);
    const ordered = inOrder(changes, live, beforeRenames);
    const journey = { live, desired: beforeRenames, declared, online, shadow };
    const found = await stepsFor(database, ordered, journey);
    const plan: Plan = {
      formatVersion: 1,
      connection,
      live: fingerprint(live),
      desired: fingerprint(desired),
      steps: found.steps,
      blocked: withoutApproved([...blocked, ...found.blocked], declared.approved),
      notices,
    };
    return { plan, live, beforeRenames, desired, declared };
  });
}

/** The desired model with the old names of what is yet to be renamed. */
const withoutRenames = async (
  desired: Model,
  { renames }: PendingTransition,
  { declared, shadow }: Pick<PlanOptions, "declared" | "shadow">,
): Promise<Model> => (renames.length === 0 ? desired : shadow.model(declared, renames));
