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
      name: "leaves a check that rows from before may break as it is, and changes what is beside it",
      old: table(""),
      seed: `${rows}; alter table t add constraint small check (a < 3) not valid`,
      new: table("small: { expression: a < 3, validated: false }, positive: a > 0"),
      steps: ["Add the check positive to t"],
      more: true,
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
    {
      name: "keeps a check from tables that inherit",
      old: table("positive: a > 0"),
      seed: rows,
      new: table("positive: { expression: a > 0, noInherit: true }"),
      sql: [
        'alter table "t" drop constraint "positive"',
        'alter table "t" add constraint "positive" CHECK ((a > 0)) NO INHERIT',
      ],
    },
    {
      name: "lets tables inherit a check again",
      old: table("positive: { expression: a > 0, noInherit: true }"),
      seed: rows,
      new: table("positive: { expression: a > 0 }"),
      steps: ["Drop the check positive of t", "Add the check positive to t"],
    },
    {
      name: "does nothing where a check says all that it says already",
      old: table("positive: { expression: a > 0, noInherit: true }"),
      seed: rows,
      new: table("positive: { expression: (a) > (0), noInherit: true }"),
      steps: [],
    },
    {
      name: "refuses a check that tables do not inherit where rows violate it",
      old: table(""),
      seed: rows,
      new: table("small: { expression: a < 3, noInherit: true }"),
      blocked: ["check_violated t.small: 1 row of t does not meet the check small."],
    },
    {
      name: "renames of two checks that are the same the one that is declared",
      old: table("one: a > 0, two: a > 0"),
      seed: rows,
      new: table("kept: { expression: a > 0, renamedFrom: two }"),
      steps: ["Drop the check one of t", "Rename the constraint two of t to kept"],
    },
    {
      name: "renames a check and replaces it at once",
      old: table("one: a > 0"),
      seed: rows,
      new: table("two: { expression: a > -1, renamedFrom: one }"),
      steps: ["Drop the check one of t", "Add the check two to t"],
    },
    {
      name: "refuses to rename a check where both are there",
      old: table("one: a > 0, two: a > 0"),
      seed: rows,
      new: table("two: { expression: a > 0, renamedFrom: one }"),
      blocked: [
        "rename_conflict t.two: The constraint two of t is declared as renamed from one, and the database has both.",
      ],
    },
    {
      name: "gives checks of tables in two schemas one name",
      old: "schemas: { audit: {} }\ntables: { t: { columns: { a: { type: int } } }, audit.t: { columns: { a: { type: int } } } }",
      seed: "insert into t values (1); insert into audit.t values (1)",
      new: "schemas: { audit: {} }\ntables: { t: { columns: { a: { type: int, check: a > 0 } } }, audit.t: { columns: { a: { type: int, check: a > 0 } } } }",
      steps: ["Add the check t_a_check to t", "Add the check t_a_check to audit.t"],
    },
    {
      name: "refuses a check that rows violate in another schema",
      old: "schemas: { audit: {} }\ntables: { audit.t: { columns: { a: { type: int } } } }",
      seed: "insert into audit.t values (1), (-1)",
      new: "schemas: { audit: {} }\ntables: { audit.t: { columns: { a: { type: int, check: a > 0 } } } }",
      blocked: ["check_violated audit.t.t_a_check: 1 row of audit.t does not meet the check t_a_check."],
    },
    {
      name: "refuses a check of what a column of another schema is to be",
      old: "schemas: { audit: {} }\ntables: { audit.t: { columns: { a: { type: text } } } }",
      seed: "insert into audit.t values ('1'), ('-1')",
      new: "schemas: { audit: {} }\ntables: { audit.t: { columns: { a: { type: int, check: a > 0 } } } }",
      blocked: ["check_violated audit.t.t_a_check: 1 row of audit.t does not meet the check t_a_check."],
    },
  ],
  freshDatabase,
);
