import { namesIn } from "../names-in.ts";
import { reservedWords } from "../reserved-words.ts";
import type { Rule } from "../rule.ts";

/** A name that is a word of SQL. */
export const reservedName: Rule = {
  code: "reserved_name",
  severity: "warning",
  finds: "a name that is a word of SQL",
  why: "Without quotes SQL reads it as that word, and refuses it or gives something else, as with user.",
  wayOut: "Choose another name, and renamedFrom: where it is there already.",
  check: (schema) =>
    namesIn(schema).flatMap(({ of, local, called }) =>
      reservedWords.has(local) ? [{ of, message: `${called} is a reserved word.` }] : [],
    ),
};
