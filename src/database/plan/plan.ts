import type { PlannableSchema } from "../../../schema/declared.ts";
import type { Digest } from "../../core/digest.ts";
import { readModel } from "../catalog/read-model.ts";
import type { Database } from "../database.ts";
import type { Blocked, Change, Notice } from "../diff/change.ts";
import { diffModels } from "../diff/diff.ts";
import { pendingTransition } from "../diff/transition.ts";
import { quoteIdentifier, quoteName } from "../identifier.ts";
import { fingerprint } from "../model/fingerprint.ts";
import type { Model } from "../model/model.ts";
import type { Shadow } from "../shadow/shadow.ts";
import { attempt, inSnapshot } from "../transaction.ts";
import { hazardOf } from "./hazard.ts";
import { inOrder } from "./order.ts";
import { find, type Probe, probeFor } from "./probe.ts";
import { destruction, isRemoval, type Removal, removalBlocked, rowsDestroyed } from "./removal.ts";
import { statementsOf } from "./statement.ts";

/** A query that must find nothing once the table is locked, since the statement after it would lose what it finds. */
export type Guard = { table: string; rows: string };

/** One statement of a plan. */
export type Step = {
  sql: string;
  description: string;
  /** What it costs those who use the table meanwhile. */
  hazard?: string;
  /** There where the step takes data away, as is declared: how many rows, null where they could not be counted. */
  destroys?: { rows: number | null };
  /** Committed before the others, since Postgres lets nobody use a new enum value in its own transaction. */
  committedFirst?: true;
  guard?: Guard;
};

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
export type Planned = { plan: Plan; live: Model; beforeRenames: Model; desired: Model };

/** `shadow` makes models of the declaration. `probeTimeoutMs`: how long one look at the live rows may take. */
export type PlanOptions = {
  connection: string;
  declared: PlannableSchema;
  shadow: Pick<Shadow, "model">;
  probeTimeoutMs?: number;
};

const defaultProbeTimeoutMs = 60_000;

/** Compares a database with what is declared, and looks in its rows for what would fail. Changes nothing. */
export async function planSchema(
  database: Database,
  { connection, declared, shadow, probeTimeoutMs = defaultProbeTimeoutMs }: PlanOptions,
): Promise<Planned> {
  const desired = await shadow.model(declared);
  return inSnapshot(database, async () => {
    const live = await readModel(database, declared.scope);
    await database.script(`set local statement_timeout = ${probeTimeoutMs}`);
    const pending = pendingTransition(live, declared.transition);
    const beforeRenames =
      pending.renames.length === 0 ? desired : await shadow.model(declared, pending.renames);
    const { changes, blocked, notices } = diffModels(live, beforeRenames, pending);
    const steps: (Step & { change: Change })[] = [];
    for (const change of inOrder(changes, live, beforeRenames)) {
      if (isRemoval(change)) {
        const obstacle = await removalBlocked(database, change, changes);
        if (obstacle === undefined) steps.push(...(await removalSteps(database, change)));
        else blocked.push(obstacle);
        continue;
      }
      const probe = probeFor(change, live, beforeRenames);
      const finding = probe === undefined ? {} : await find(database, probe);
      if (finding.blocked !== undefined) blocked.push(finding.blocked);
      else steps.push(...(await stepsOf(database, change, live, beforeRenames, finding.unchecked, probe)));
    }
    const plan: Plan = {
      formatVersion: 1,
      connection,
      live: fingerprint(live),
      desired: fingerprint(desired),
      steps: withEnumValuesFirst(steps),
      blocked,
      notices,
    };
    return { plan, live, beforeRenames, desired };
  });
}

async function removalSteps(database: Database, removal: Removal): Promise<(Step & { change: Change })[]> {
  const rows = await rowsDestroyed(database, removal);
  const hazard = destruction(removal, rows);
  return statementsOf(removal, new Map()).map((statement) => ({
    ...statement,
    change: removal,
    ...(hazard === undefined ? {} : { hazard }),
    ...(removal.kind === "dropEnum" ? {} : { destroys: { rows } }),
  }));
}

async function stepsOf(
  database: Database,
  change: Change,
  live: Model,
  desired: Model,
  unchecked: string | undefined,
  probe: Probe | undefined,
): Promise<(Step & { change: Change })[]> {
  const hasRows =
    "table" in change && live.tables.has(change.table) && (await isFilled(database, change.table));
  const hazard = [hasRows ? hazardOf(change) : undefined, unchecked]
    .filter((text) => text !== undefined)
    .join("; ");
  const guard =
    change.kind === "changeType" && probe !== undefined
      ? { table: change.table, rows: probe.rows }
      : undefined;
  return statementsOf(change, desired.enums).map((statement) => ({
    ...statement,
    change,
    ...(hazard === "" ? {} : { hazard }),
    ...(guard === undefined ? {} : { guard }),
  }));
}

/** A table that may not be read is taken for one with rows. */
async function isFilled(database: Database, table: string): Promise<boolean> {
  let filled = true;
  await attempt(database, async () => {
    const [row] = await database.query<{ filled: boolean }>(
      `select exists (select from ${quoteName(table)}) as filled`,
    );
    filled = row?.filled ?? true;
  });
  return filled;
}

/** Where one new value is named by another step, or may be converted to, all are committed before the others begin. */
function withEnumValuesFirst(steps: readonly (Step & { change: Change })[]): Step[] {
  const isUsed = steps.some(
    ({ change: added }) =>
      added.kind === "addEnumValue" &&
      steps.some(
        ({ change, sql }) =>
          change.kind !== "addEnumValue" &&
          (sql.includes(added.value) || (change.kind === "changeType" && sql.includes(added.name))),
      ),
  );
  return steps.map(({ change, ...step }) =>
    isUsed && change.kind === "addEnumValue" ? { ...step, committedFirst: true as const } : step,
  );
}
