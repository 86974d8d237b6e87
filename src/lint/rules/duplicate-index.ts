import { covers, indexShapes } from "../index-shape.ts";
import type { Rule } from "../rule.ts";

/** Two equal indexes. */
export const duplicateIndex: Rule = {
  code: "duplicate_index",
  severity: "error",
  finds: "two equal indexes",
  why: "Each write pays for both, and no read needs the second.",
  wayOut: "Take one of them away.",
  check: ({ model }) =>
    [...model.tables].flatMap(([table, own]) => {
      const shapes = indexShapes(own);
      return shapes.flatMap((index, at) => {
        const same = shapes
          .slice(0, at)
          .find((other) => other.unique === index.unique && covers(other, index) && covers(index, other));
        if (same === undefined) return [];
        return [
          {
            of: { kind: index.kind, table, name: index.name },
            message: `${index.name} of ${table} is the same as ${same.name}.`,
          },
        ];
      });
    }),
};
