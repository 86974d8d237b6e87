import type { Rule } from "../rule.ts";

/** An enum of one value. */
export const singleValueEnum: Rule = {
  code: "single_value_enum",
  severity: "warning",
  finds: "an enum of one value",
  why: "It says nothing, and a value that is added cannot be taken away again.",
  wayOut: "Leave the column out until there are two, or make it text with a check.",
  check: ({ declared }) =>
    Object.entries(declared.enums).flatMap(([name, values]) =>
      values.length === 1
        ? [{ of: { kind: "enum", name }, message: `The enum ${name} has one value only.` }]
        : [],
    ),
};
