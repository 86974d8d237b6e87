import type { PlannableSchema } from "../../../schema/declared.ts";
import type { Blocked, Notice } from "../diff/change.ts";
import { isOverload } from "../diff/overload.ts";
import type { Model } from "../model/model.ts";
import type { Shadow } from "../shadow/shadow.ts";
import { yamlName } from "../yaml-name.ts";
import { withMeasures } from "./measured-steps.ts";
import { type Outcome, rehearse, type Trial } from "./rehearse.ts";
import type { Step } from "./step.ts";
import { subjectOf } from "./subject.ts";
import type { TableFacts } from "./table-facts.ts";

/** Steps to try, and what is known of the live tables. */
type Attempt = Omit<Trial, "scope"> & {
  declared: PlannableSchema;
  found: { factsOf(table: string): TableFacts | undefined };
};

/** Rehearses steps, and says what came of it: the steps with their measures, what is wrong, what could not be tried. */
export async function tryOut(
  shadow: Pick<Shadow, "stage">,
  { declared, found, ...trial }: Attempt,
): Promise<{ steps: Step[]; blocked: Blocked[]; notices: Notice[] }> {
  const outcome = await shadow.stage(extensionsOf(trial), (stage) =>
    rehearse(stage, { ...trial, scope: declared.scope }),
  );
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

function problemOf(outcome: Outcome, { live, desired }: Pick<Trial, "live" | "desired">): Blocked[] {
  const overloads = undeclaredOverloads(live, desired);
  if ("failed" in outcome && isAmbiguous.test(outcome.failed.message) && overloads.length > 0)
    return [
      {
        code: "name_taken",
        object: outcome.failed.step.object,
        message: `${outcome.failed.step.description}: ${outcome.failed.message}, since the database has functions that are not declared beside those of their names that are: ${overloads.join(", ")}.`,
        wayOut: `Declare their removal: removed: { functions: [${overloads.map((name) => yamlName(name)).join(", ")}] }. Or call the other so that only that can be meant.`,
      },
    ];
  if ("failed" in outcome && outcome.failed.step.batch !== undefined)
    return [
      {
        code: "backfill_failed",
        object: outcome.failed.step.object,
        message: `The backfill of ${outcome.failed.step.object} fails: ${outcome.failed.message}.`,
        wayOut:
          "Correct it. It runs before what the plan renames in other tables: to name that, declare and apply the renames first.",
      },
    ];
  if ("failed" in outcome)
    return [
      {
        code: "rehearsal_failed",
        object: outcome.failed.step.object,
        message: `${outcome.failed.step.description}: tried on a copy without rows, this failed: ${outcome.failed.message}.`,
        wayOut: report,
        sql: outcome.failed.step.sql,
      },
    ];
  if (!("astray" in outcome)) return [];
  return outcome.astray.slice(0, 1).map((change) => ({
    code: "rehearsal_astray",
    object: subjectOf(change),
    message: `Tried on a copy without rows, the steps do not lead to what is declared: ${subjectOf(change)} would still differ.`,
    wayOut: report,
  }));
}
