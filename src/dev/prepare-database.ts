import type { PlannableSchema } from "../../schema/declared.ts";
import type { Output } from "../core/command.ts";
import { applyPlan } from "../database/apply/apply.ts";
import { makeRunSchema } from "../database/apply/run-schema.ts";
import type { Database } from "../database/database.ts";
import type { Blocked } from "../database/diff/change.ts";
import { planSchema } from "../database/plan/plan.ts";
import type { Shadow } from "../database/shadow/shadow.ts";
import { counted } from "./counted.ts";

/** What a development database is brought to. */
export type Preparation = { connection: string; declared: PlannableSchema; shadow: Shadow; version: string };

/**
 * Makes a development database what is declared, and says what it did. Where something is blocked, that is given back,
 * and nothing was done.
 */
export async function prepareDatabase(
  database: Database,
  { connection, declared, shadow, version }: Preparation,
  output: Pick<Output, "progress">,
): Promise<readonly Blocked[]> {
  const planned = await planSchema(database, { connection, declared, shadow });
  const { steps, blocked } = planned.plan;
  if (blocked.length > 0) return blocked;
  await applyPlan(database, planned, { by: { version } });
  await makeRunSchema(database);
  const isNew = planned.live.tables.size === 0;
  if (isNew) output.progress(`${connection}: made ${counted(planned.desired.tables.size, "table")}`);
  else for (const { description } of steps) output.progress(`${connection}: ${description}`);
  return [];
}
