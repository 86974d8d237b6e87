import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const pair = (attributes: string): string => `composites: { pair: { attributes: { ${attributes} } } }`;
const points = "tables: { points: { columns: { id: { type: int }, at: { type: pair } } } }";
const rows = "insert into points values (1, row(1, 'a'))";

await runCases(
  [
    {
      name: "creates a composite type before the table that uses it",
      new: `${pair("a: int, b: text")}\n${points}`,
      steps: ["Create the composite type pair", "Create the table points"],
    },
    {
      name: "creates composite types of all kinds of types",
      new: 'enums: { Mood: [good] }\ndomains: { mail: { type: text } }\ncomposites: { Inner: { attributes: { M: Mood, all: "Mood[]" } }, outer_one: { attributes: { i: Inner, m: mail, n: "numeric(10,2)", t: { type: text, collation: C } } } }\ntables: { t: { columns: { o: { type: outer_one }, i: { type: "Inner[]" } } } }',
    },
    { name: "creates an empty composite type", new: "composites: { nothing: { attributes: {} } }" },
    {
      name: "adds attributes at the end, though tables use it",
      old: `${pair("a: int, b: text")}\n${points}`,
      seed: rows,
      new: `${pair("a: int, b: text, c: date, d: int")}\n${points}`,
      sql: ['alter type "pair" add attribute "c" date', 'alter type "pair" add attribute "d" integer'],
      rows: { "select at::text from points": [{ at: "(1,a,,)" }] },
    },
    {
      name: "never adds an attribute in the middle of rows",
      old: `${pair("a: int, b: text")}\n${points}`,
      seed: rows,
      new: `${pair("a: int, c: date, b: text")}\n${points}`,
      blocked: [
        "composite_attribute_order pair: The composite type pair has its attributes in another order: a, b. Postgres adds new ones at the end, and tables hold values of it.",
      ],
    },
    {
      name: "never drops an attribute of rows",
      old: `${pair("a: int, b: text")}\n${points}`,
      seed: rows,
      new: `${pair("a: int")}\n${points}`,
      blocked: [
        "composite_attribute_dropped pair: The composite type pair has an attribute b, which is not declared, and tables hold values of it. To drop it would lose them.",
      ],
    },
    {
      name: "never changes the type of an attribute of rows",
      old: `${pair("a: int, b: text")}\n${points}`,
      seed: rows,
      new: `${pair("a: bigint, b: text")}\n${points}`,
      blocked: [
        "composite_attribute_type pair: The attribute a of the composite type pair is integer in the database and another in the declaration, and tables hold values of it. Postgres cannot change that.",
      ],
    },
    {
      name: "never changes an attribute that rows hold within another type",
      old: `composites: { pair: { attributes: { a: int } }, two: { attributes: { p: "pair[]" } } }\ntables: { t: { columns: { c: { type: two } } } }`,
      new: `composites: { pair: { attributes: { a: text } }, two: { attributes: { p: "pair[]" } } }\ntables: { t: { columns: { c: { type: two } } } }`,
      blocked: [
        "composite_attribute_type pair: The attribute a of the composite type pair is integer in the database and another in the declaration, and tables hold values of it. Postgres cannot change that.",
      ],
    },
    {
      name: "makes a composite type anew that no table uses, with what rests on it",
      old: `${pair("a: int, b: text")}\nfunctions: { f: { sql: "create function f(p pair) returns int language sql as $$ select (p).a $$" } }`,
      new: `${pair("b: text, a: bigint")}\nfunctions: { f: { sql: "create function f(p pair) returns int language sql as $$ select 1 $$" } }`,
    },
    {
      name: "makes a composite type anew within another",
      old: `composites: { pair: { attributes: { a: int } }, two: { attributes: { p: pair } } }`,
      new: `composites: { pair: { attributes: { a: text } }, two: { attributes: { p: pair } } }`,
    },
    {
      name: "adds an attribute of a type that is new",
      old: `${pair("a: int")}\n${points}`,
      new: `enums: { mood: [good] }\n${pair("a: int, m: mood")}\n${points}`,
      steps: ["Create the enum mood", "Change the composite type pair"],
    },
    {
      name: "drops a composite type that is declared as removed",
      old: pair("a: int"),
      new: "removed: { composites: [pair] }",
      sql: ['drop type "pair"'],
    },
    {
      name: "never drops a composite type that a column uses",
      old: `${pair("a: int")}\n${points}`,
      new: "removed: { composites: [pair] }",
      blocked: [
        "still_used pair: The composite type pair is declared as removed, and other things rest on it: column points.at.",
      ],
      notices: ["points"],
    },
    {
      name: "leaves a composite type alone that is no longer declared",
      old: pair("a: int"),
      new: "{}",
      steps: [],
      notices: ["pair"],
      more: true,
    },
    {
      name: "takes no composite type for a table",
      seed: "create table pair (a int)",
      new: pair("a: int"),
      blocked: [
        "name_taken pair: The composite type pair is declared, and the database has a table of that name.",
      ],
      notices: ["pair"],
    },
  ],
  freshDatabase,
);
