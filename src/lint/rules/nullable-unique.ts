import type { Rule } from "../rule.ts";

/** A unique key of several columns of which one may be null. */
export const nullableUnique: Rule = {
  code: "nullable_unique",
  severity: "warning",
  finds: "a unique key of several columns of which one may be null",
  why: "To it two nulls are not equal, so rows that are otherwise the same are let in.",
  wayOut: "Say nullable: false, or nullsNotDistinct: true.",
  check: ({ declared }) =>
    Object.entries(declared.tables).flatMap(([table, { columns, uniques }]) =>
      uniques.flatMap(({ name, columns: own, nullsNotDistinct }) => {
        const nullable = own.filter((column) => columns[column]?.nullable === true);
        if (own.length < 2 || nullable.length === 0 || nullsNotDistinct === true) return [];
        return [
          {
            of: { kind: "unique", table, name },
            message: `${name} of ${table} lets rows repeat where ${nullable.join(" or ")} is null.`,
          },
        ];
      }),
    ),
};
