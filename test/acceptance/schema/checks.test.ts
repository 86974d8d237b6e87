import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const table = (checks: string): string =>
  `tables: { t: { columns: { a: { type: int }, b: { type: text } }, checks: { ${checks} } } }`;
const rows = "insert into t values (1, 'x'), (5, 'y'), (null, null)";

await runCases(
  [
    {
      name: "adds a check that all rows meet",
      old: table(""),
      seed: rows,
      new: table("positive: a > 0"),
      steps: ["Add the check positive to t"],
      sql: ['alter table "t" add constraint "positive" CHECK ((a > 0))'],
    },
    {
      name: "refuses a check that rows violate",
      old: table(""),
      seed: rows,
      new: table("small: a < 3"),
      blocked: ["check_violated t.small: 1 row of t does not meet the check small."],
    },
    {
      name: "refuses a check that a row makes fail",
      old: table(""),
      seed: "insert into t values (0, 'x')",
      new: table("divides: 10 / a > 1"),
      blocked: ["check_violated t.divides: Postgres refuses a row of it: division by zero."],
    },
    {
      name: "replaces a check",
      old: table("range: a > 0"),
      seed: rows,
      new: table("range: a between 0 and 9"),
      steps: ["Drop the check range of t", "Add the check range to t"],
    },
    {
      name: "drops a check",
      old: table("range: a > 0"),
      seed: rows,
      new: table(""),
      steps: ["Drop the check range of t"],
    },
    {
      name: "renames a check",
      old: table("range: a > 0"),
      seed: rows,
      new: table("positive: a > 0"),
      steps: ["Rename the constraint range of t to positive"],
    },
    {
      name: "tells no difference between two ways to write one",
      old: table(`"one": "b in ('x', 'y')"`),
      seed: rows,
      new: table(`"one": "(b = any (array['x'::text, 'y']))"`),
      steps: [],
    },
    {
      name: "keeps expressions of many kinds",
      old: table(""),
      seed: rows,
      new: table(
        `"a1": "b ~ '^[a-z]+$'", "a2": "case when a is null then true else a > 0 end", "a3": "coalesce(length(b), 0) < 10 and (a is null or a <> 7)", "a4": "b is distinct from 'z'", "a5": "extract(year from date '2026-01-01') > a", "a6": "b like '%' and b not ilike 'q%'", "a7": "lower(trim(b)) = b"`,
      ),
    },
    {
      name: "validates a check that another has left open",
      old: table(""),
      seed: `${rows}; alter table t add constraint positive check (a > 0) not valid`,
      new: table("positive: a > 0"),
      steps: ["Validate the check positive of t"],
    },
    {
      name: "refuses to validate what rows violate",
      old: table(""),
      seed: `insert into t values (-1, 'x'); alter table t add constraint positive check (a > 0) not valid`,
      new: table("positive: a > 0"),
      blocked: ["check_violated t.positive: 1 row of t does not meet the check positive."],
    },
    {
      name: "checks a new column's default",
      old: table(""),
      seed: rows,
      new: `tables: { t: { columns: { a: { type: int }, b: { type: text }, c: { type: int, default: 0, check: c > 0 } } } }`,
      blocked: ["check_violated t.t_c_check: Each of 3 rows of t does not meet the check t_c_check."],
    },
  ],
  freshDatabase,
);
