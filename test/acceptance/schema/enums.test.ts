import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const withEnum = (values: string, column = "type: mood", rest = ""): string => `enums: { mood: [${values}] }
tables: { t: { columns: { a: { type: int }, m: { ${column} } }${rest} } }`;
const rows = "insert into t values (1, 'good'), (2, 'bad')";

await runCases(
  [
    {
      name: "creates an enum",
      new: "enums: { mood: [good, bad] }",
      steps: ["Create the enum mood"],
      sql: [`create type "mood" as enum ('good', 'bad')`],
    },
    {
      name: "adds a value at the end",
      old: withEnum("good, bad"),
      seed: rows,
      new: withEnum("good, bad, odd"),
      steps: ["Add the value 'odd' to the enum mood"],
      sql: [`alter type "mood" add value if not exists 'odd'`],
    },
    {
      name: "adds values in their places",
      old: withEnum("good, bad"),
      seed: rows,
      new: withEnum("best, good, fair, poor, bad, worst"),
      sql: [
        `alter type "mood" add value if not exists 'best' before 'good'`,
        `alter type "mood" add value if not exists 'fair' before 'bad'`,
        `alter type "mood" add value if not exists 'poor' before 'bad'`,
        `alter type "mood" add value if not exists 'worst'`,
      ],
      rows: { "select enum_range(null::mood)::text as all": [{ all: "{best,good,fair,poor,bad,worst}" }] },
    },
    {
      name: "commits a value first that a default needs",
      old: withEnum("good, bad"),
      seed: rows,
      new: withEnum("good, bad, odd", "type: mood, default: odd"),
      steps: ["Add the value 'odd' to the enum mood", "Set the default of t.m to 'odd'::mood (2)"],
    },
    {
      name: "commits a value first that a check needs",
      old: withEnum("good, bad"),
      seed: rows,
      new: withEnum("good, bad, odd", "type: mood, check: m <> 'odd'"),
      steps: ["Add the value 'odd' to the enum mood", "Add the check t_m_check to t (2)"],
    },
    {
      name: "commits a value first that an index needs",
      old: withEnum("good, bad"),
      seed: rows,
      new: withEnum("good, bad, odd", "type: mood", `, indexes: [{ columns: [a], where: m = 'odd' }]`),
      steps: ["Add the value 'odd' to the enum mood", "Create the index t_a_idx on t (2)"],
    },
    {
      name: "commits a value first that rows become",
      old: `enums: { mood: [good] }
tables: { t: { columns: { a: { type: int }, m: { type: text } } } }`,
      seed: "insert into t values (1, 'good'), (2, 'odd')",
      new: withEnum("good, odd"),
      steps: ["Add the value 'odd' to the enum mood", "Change the type of t.m from text to mood (2)"],
    },
    {
      name: "never takes a value away",
      old: withEnum("good, bad"),
      seed: rows,
      new: withEnum("good"),
      blocked: [
        "enum_value_not_declared mood.bad: The enum mood has the value 'bad', which is not declared. Postgres cannot take a value from an enum.",
      ],
    },
    {
      name: "never moves a value",
      old: withEnum("good, bad"),
      seed: rows,
      new: withEnum("bad, good"),
      blocked: [
        "enum_order mood: The enum mood has its values in another order: 'good', 'bad'. Postgres cannot move them.",
      ],
    },
    {
      name: "leaves an enum alone that is no longer declared",
      old: "enums: { mood: [good] }",
      new: "{}",
      steps: [],
      notices: ["mood"],
      more: true,
    },
    {
      name: "turns text into an enum",
      old: "tables: { t: { columns: { a: { type: int }, m: { type: text, default: { value: good } } } } }",
      seed: rows,
      new: withEnum("good, bad", "type: mood, default: good"),
      steps: ["Create the enum mood", "Change the type of t.m from text to mood"],
    },
    {
      name: "refuses to turn text into an enum that lacks a value",
      old: "tables: { t: { columns: { a: { type: int }, m: { type: text } } } }",
      seed: `${rows}, (3, 'odd')`,
      new: withEnum("good, bad"),
      blocked: ["cast_loses t.m: 1 row of t has a m that mood cannot hold unchanged."],
    },
    {
      name: "turns an array of text into one of an enum",
      old: `tables: { t: { columns: { a: { type: int }, m: { type: "text[]" } } } }`,
      seed: "insert into t values (1, '{good,bad}'), (2, '{}')",
      new: withEnum("good, bad", `type: "mood[]"`),
    },
    {
      name: "turns an enum into text",
      old: withEnum("good, bad"),
      seed: rows,
      new: withEnum("good, bad", "type: text"),
      steps: ["Change the type of t.m from mood to text"],
    },
    {
      name: "turns one enum into another",
      old: withEnum("good, bad"),
      seed: rows,
      new: `enums: { mood: [good, bad], temper: [bad, good, mild] }
tables: { t: { columns: { a: { type: int }, m: { type: temper } } } }`,
      steps: ["Create the enum temper", "Change the type of t.m from mood to temper"],
    },
    {
      name: "takes no enum for another kind of type",
      seed: "create domain mood as text",
      new: "enums: { mood: [good] }",
      blocked: [
        "name_taken mood: The enum mood is declared, and the database has something else of that name.",
      ],
      notices: ["mood"],
    },
  ],
  freshDatabase,
);
