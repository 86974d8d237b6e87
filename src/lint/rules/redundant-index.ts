import { covers, indexShapes } from "../index-shape.ts";
import type { Rule } from "../rule.ts";

/** An index that another begins with. */
export const redundantIndex: Rule = {
  code: "redundant_index",
  severity: "warning",
  finds: "an index that another begins with",
  why: "What it finds, the other finds as well; each write pays for both.",
  wayOut: "Take it away, unless it is much smaller and reads by it are most of the work.",
  check: ({ model }) =>
    [...model.tables].flatMap(([table, own]) => {
      const shapes = indexShapes(own);
      return shapes.flatMap((index) => {
        if (index.kind !== "index" || index.unique) return [];
        const wider = shapes.find(
          (other) => other !== index && covers(other, index) && (other.unique || !covers(index, other)),
        );
        if (wider === undefined) return [];
        return [
          {
            of: { kind: "index", table, name: index.name },
            message: `All that ${index.name} of ${table} finds, ${wider.name} finds too.`,
          },
        ];
      });
    }),
};
