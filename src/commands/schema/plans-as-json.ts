import type { Json } from "../../core/canonical-json.ts";
import type { Plan } from "../../database/plan/plan.ts";

/** Plans as JSON. */
export const plansAsJson = (plans: readonly Plan[]): Json =>
  plans.map(({ steps, blocked, notices, warnings, ...plan }) => ({
    ...plan,
    steps: [...steps],
    blocked: [...blocked],
    notices: [...notices],
    warnings: [...warnings],
  }));
