import type { PlannableSchema } from "../../../schema/declared.ts";
import type { Digest } from "../../core/digest.ts";
import { readModel } from "../catalog/read-model.ts";
import { inWordsOf, madeAsModelled } from "../catalog/respell.ts";
import type { Database } from "../database.ts";
import type { Blocked, Change, Notice } from "../diff/change.ts";
import { diffModels } from "../diff/diff.ts";
import { pendingTransition } from "../diff/transition.ts";
import { fingerprint } from "../model/fingerprint.ts";
import type { Model } from "../model/model.ts";
import { extensionsOf } from "../shadow/extensions-of.ts";
import { inLiveWords } from "../shadow/live-words.ts";
import type { Shadow } from "../shadow/shadow.ts";
import { inSnapshot } from "../transaction.ts";
import { withoutApproved } from "./approval.ts";
import { breaksInserts } from "./breaks-inserts.ts";
import { longLocks } from "./long-locks.ts";
import { type MissingRight, missingRights, orLacking } from "./missing-rights.ts";
import { neededRights } from "./needed-rights.ts";
import { inOrder } from "./order.ts";
import { breaksRelease, type RunningRelease } from "./release-fit.ts";
import type { Step } from "./step.ts";
import { stepsFor } from "./steps-for.ts";
import { tryOut } from "./try-out.ts";
import { type Warning, warningsOf } from "./warnings.ts";
import { wordingsFor } from "./wordings-for.ts";

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
  /** What the steps mean to the release that runs, where one may. */
  warnings: Warning[];
};

/** A plan with the two models that it leads from and to, and the one that it has come to before it renames. */
export type Planned = {
  plan: Plan;
  /** What the steps do, as data. */
  changes: readonly Change[];
  live: Model;
  beforeRenames: Model;
  desired: Model;
  declared: PlannableSchema;
};

/** `shadow` makes models of the declaration. `probeTimeoutMs`: how long one look at the live rows may take. */
export type PlanOptions = {
  connection: string;
  declared: PlannableSchema;
  shadow: Pick<Shadow, "model" | "read" | "stage" | "rehearse">;
  /** What is running on the database meanwhile: nothing without it. */
  release?: RunningRelease | "unknown";
  probeTimeoutMs?: number;
  /** How many bytes of a table may be read or written while others wait for it. */
  longLockBytes?: number;
  /** Whether others use the database meanwhile, so that steps must let them. */
  online?: boolean;
};

const defaults = { probeTimeoutMs: 60_000, longLockBytes: 100 * 1024 * 1024 };

/**
 * Compares a database with what is declared, looks in its rows for what would fail, and tries the steps on a copy
 * without rows. Changes nothing.
 *
 * @throws {StkError} `missing_right` where the rows may not be read
 */
export async function planSchema(
  database: Database,
  {
    connection,
    declared,
    shadow,
    probeTimeoutMs = defaults.probeTimeoutMs,
    longLockBytes = defaults.longLockBytes,
    online = true,
    release,
  }: PlanOptions,
): Promise<Planned> {
  await database.provide?.(extensionsOf(declared));
  const made = await shadow.model(declared);
  const wordings = await wordingsFor(database, made, { declared, shadow });
  const read = await inSnapshot(database, async () => {
    const live = await readModel(database, declared.scope);
    await database.script(`set local statement_timeout = ${probeTimeoutMs}`);
    const pending = pendingTransition(live, declared.transition);
    const desired = await inLiveWords(live, made, { declared, shadow });
    const renamedBack =
      pending.renames.length === 0
        ? desired
        : await inLiveWords(live, await shadow.model(declared, pending.renames), { declared, shadow });
    const beforeRenames = inWordsOf(live, renamedBack, wordings);
    const difference = diffModels(live, beforeRenames, pending);
    const changes = madeAsModelled(inOrder(difference.changes, live, beforeRenames), renamedBack);
    const journey = { live, desired: beforeRenames, declared, online, shadow };
    const missing = await missingRights(database, neededRights(changes));
    const found = await orLacking(missing, () => stepsFor(database, changes, journey));
    return { live, desired, beforeRenames, difference, changes, missing, found };
  });
  const { live, desired, beforeRenames, difference, found } = read;
  const blocked = [...difference.blocked, ...found.blocked];
  const tried =
    found.steps.length === 0
      ? { steps: [], blocked: [], notices: [] }
      : await tryOut(shadow, { ...read, steps: found.steps, declared });
  const broken = await brokenBy(release, read, { declared, shadow });
  const plan: Plan = {
    formatVersion: 1,
    connection,
    live: fingerprint(live),
    desired: fingerprint(desired),
    steps: tried.steps,
    // Where something is blocked already, the steps alone lead nowhere in particular.
    blocked: withoutApproved(
      [
        ...blocked,
        ...broken,
        ...longLocks(tried.steps, longLockBytes),
        ...(blocked.length === 0 ? tried.blocked : []),
      ],
      declared.approved,
    ),
    notices: [...difference.notices, ...tried.notices, ...read.missing.map(asNotice)],
    warnings: release === undefined ? [] : warningsOf(read.changes, live),
  };
  return { plan, changes: read.changes, live, beforeRenames, desired, declared };
}

/** What the changes would break of what is running. */
async function brokenBy(
  release: PlanOptions["release"],
  { changes, live, desired }: Pick<Planned, "changes" | "live" | "desired">,
  options: Pick<PlanOptions, "declared" | "shadow">,
): Promise<Blocked[]> {
  if (release === undefined || changes.length === 0) return [];
  if (release === "unknown") return breaksInserts(changes, live, desired);
  return breaksRelease(release, { live, desired, ...options });
}

const asNotice = ({ role, lacks, object, help }: MissingRight): Notice => ({
  kind: "right",
  object,
  message: `To apply this ${role} lacks ${lacks}: ${help}`,
});
