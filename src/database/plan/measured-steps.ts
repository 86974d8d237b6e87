import { costOf } from "./hazard.ts";
import type { Measured } from "./measure.ts";
import type { Step, Touched } from "./step.ts";
import type { TableFacts } from "./table-facts.ts";

/** Steps with what was measured of each on the tables that were there before, and what that costs where the live tables are as full as they are. */
export const withMeasures = (
  steps: readonly Step[],
  measured: readonly (readonly Measured[])[],
  factsOf: (table: string) => TableFacts | undefined,
  wasThere: (table: string) => boolean,
): Step[] =>
  steps.map((step, index) => {
    const touches = (measured[index] ?? []).flatMap((one): Touched[] => {
      if (!wasThere(one.table)) return [];
      const facts = factsOf(one.table);
      return [{ ...one, rows: facts?.rows ?? null, bytes: facts?.bytes ?? null }];
    });
    const hazard = [...(step.hazard === undefined ? [] : [step.hazard]), ...costOf(touches)].join("; ");
    return { ...step, touches, ...(hazard === "" ? {} : { hazard }) };
  });
