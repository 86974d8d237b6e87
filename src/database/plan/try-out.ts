import { z } from "zod";
import type { PlannableSchema } from "../../../schema/declared.ts";
import type { Blocked, Notice } from "../diff/change.ts";
import { isOverload } from "../diff/overload.ts";
import type { Model } from "../model/model.ts";
import type { Shadow } from "../shadow/shadow.ts";
import { yamlName } from "../yaml-name.ts";
import { withMeasures } from "./measured-steps.ts";
import { identityOf, type Outcome, rehearsalOf, rehearse, type Trial } from "./rehearse.ts";
import { lockModes, type Step } from "./step.ts";
import type { TableFacts } from "./table-facts.ts";

/** Steps to try, and what is known of the live tables. */
type Attempt = Omit<Trial, "scope"> & {
  declared: PlannableSchema;
  found: { factsOf(table: string): TableFacts | undefined };
};

/** A trial that went well, as it is kept; another one is run again, since it is about to be looked at. */
const remembered: z.ZodType<Outcome> = z.strictObject({
  measured: z.array(
    z.array(
      z.strictObject({
        table: z.string(),
        lock: z.enum(lockModes),
        rewrites: z.boolean(),
        scans: z.boolean(),
      }),
    ),
  ),
});

/** Rehearses steps, and says what came of it: the steps with their measures, what is wrong, what could not be tried. */
export async function tryOut(
  shadow: Pick<Shadow, "stage">,
  { declared, found, ...trial }: Attempt,
): Promise<{ steps: Step[]; blocked: Blocked[]; notices: Notice[] }> {
  const rehearsal = rehearsalOf({ ...trial, scope: declared.scope });
  const outcome = await shadow.stage(extensionsOf(trial), (stage) => rehearse(stage, rehearsal), {
    about: identityOf(rehearsal),
    format: remembered,
  });
  const measured = "measured" in outcome ? outcome.measured : [];
  return {
    steps: withMeasures(trial.steps, measured, found.factsOf, (table) => trial.live.tables.has(table)),
    blocked: problemOf(outcome, trial),
    notices:
      "untried" in outcome
        ? [
            {
              kind: "rehearsal",
              object: "plan",
              message: `The steps could not be tried on a copy, and nothing of them was measured: ${outcome.untried}`,
            },
          ]
        : [],
  };
}

/** Postgres' ambiguous_function, as the rehearsal tells it. */
const isAmbiguous = /\(42725\)$/;

const undeclaredOverloads = (live: Model, desired: Model): string[] =>
  [...live.objects].flatMap(([key, { kind, name }]) =>
    kind === "routine" &&
    !desired.objects.has(key) &&
    [...desired.objects.keys()].some((declared) => isOverload(declared, key))
      ? [name]
      : [],
  );

const extensionsOf = ({ live, desired }: { live: Model; desired: Model }): string[] =>
  [...live.objects.values(), ...desired.objects.values()].flatMap(({ kind, name }) =>
    kind === "extension" ? [name] : [],
  );

const report = "This is a defect of stk, and nothing will be applied. Report it with the output of --json.";

function problemOf(
  outcome: Outcome,
  { steps, live, desired }: Pick<Trial, "steps" | "live" | "desired">,
): Blocked[] {
  const overloads = undeclaredOverloads(live, desired);
  const step = "failed" in outcome ? steps[outcome.failed.step] : undefined;
  if (
    "failed" in outcome &&
    step !== undefined &&
    isAmbiguous.test(outcome.failed.message) &&
    overloads.length > 0
  )
    return [
      {
        code: "name_taken",
        object: step.object,
        message: `${step.description}: ${outcome.failed.message}, since the database has functions that are not declared beside those of their names that are: ${overloads.join(", ")}.`,
        wayOut: `Declare their removal: removed: { functions: [${overloads.map((name) => yamlName(name)).join(", ")}] }. Or call the other so that only that can be meant.`,
      },
    ];
  if ("failed" in outcome && step?.batch !== undefined)
    return [
      {
        code: "backfill_failed",
        object: step.object,
        message: `The backfill of ${step.object} fails: ${outcome.failed.message}.`,
        wayOut:
          "Correct it. It runs before what the plan renames in other tables: to name that, declare and apply the renames first.",
      },
    ];
  if ("failed" in outcome && step !== undefined)
    return [
      {
        code: "rehearsal_failed",
        object: step.object,
        message: `${step.description}: tried on a copy without rows, this failed: ${outcome.failed.message}.`,
        wayOut: report,
        sql: step.sql,
      },
    ];
  if (!("astray" in outcome)) return [];
  return outcome.astray.slice(0, 1).map((object) => ({
    code: "rehearsal_astray",
    object,
    message: `Tried on a copy without rows, the steps do not lead to what is declared: ${object} would still differ.`,
    wayOut: report,
  }));
}
