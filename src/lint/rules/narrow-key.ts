import type { Rule } from "../rule.ts";
import { primaryKeyOf } from "../table-parts.ts";

/** A primary key that counts in int4 or less. */
export const narrowKey: Rule = {
  code: "narrow_key",
  severity: "error",
  finds: "a primary key that counts in int4 or less",
  why: "At 2,147,483,647 no row can be inserted any more, and widening it then rewrites the table and all that refer to it.",
  wayOut: "Make it bigint, or uuid.",
  check: ({ model }) =>
    [...model.tables].flatMap(([table, own]) =>
      primaryKeyOf(own).flatMap((name) => {
        const column = own.columns.get(name);
        const counts = column?.serial === true || column?.identity !== undefined;
        const isNarrow = column?.type === "integer" || column?.type === "smallint";
        const isAlone = primaryKeyOf(own).length === 1;
        const refers = [...own.constraints.values()].some(
          ({ references, columns }) => references !== undefined && columns.includes(name),
        );
        if (!isNarrow || !(counts || isAlone) || refers) return [];
        return [
          {
            of: { kind: "column", table, name },
            part: "type",
            message: `${table}.${name} is a key of type ${column.type}.`,
          },
        ];
      }),
    ),
};
