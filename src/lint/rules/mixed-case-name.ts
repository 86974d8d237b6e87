import { namesIn } from "../names-in.ts";
import type { Rule } from "../rule.ts";

/** A name with capital letters. */
export const mixedCaseName: Rule = {
  code: "mixed_case_name",
  severity: "warning",
  finds: "a name with capital letters",
  why: "Without quotes SQL reads it in small letters, and does not find it.",
  wayOut: "Write it in small letters with _ between words, and renamedFrom: where it is there already.",
  check: (schema) =>
    namesIn(schema).flatMap(({ of, local, called }) =>
      /[A-Z]/.test(local) ? [{ of, message: `${called} must be quoted wherever it is written.` }] : [],
    ),
};
