import type { Json } from "../../core/canonical-json.ts";
import type { PlacedPlan } from "./place.ts";

/** Plans as JSON, each with the database that it was made for. */
export const plansAsJson = (plans: readonly PlacedPlan[]): Json =>
  plans.map(({ place, steps, blocked, notices, warnings, ...plan }) => ({
    ...plan,
    place: { ...place },
    steps: [...steps],
    blocked: [...blocked],
    notices: [...notices],
    warnings: [...warnings],
  }));
