import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const table = (column: string): string => `enums: { mood: [good, bad] }
tables: { t: { columns: { id: { type: int, primaryKey: true }, c: { ${column} } } } }`;
const rows = "insert into t (id, c) values (1, default), (2, default)";

await runCases(
  [
    {
      name: "sets a default",
      old: table("type: int"),
      seed: rows,
      new: table("type: int, default: 3"),
      steps: ["Set the default of t.c to 3"],
      sql: ['alter table "t" alter column "c" set default 3'],
    },
    {
      name: "changes a default",
      old: table("type: int, default: 3"),
      seed: rows,
      new: table("type: int, default: 4"),
      steps: ["Set the default of t.c to 4"],
    },
    {
      name: "drops a default",
      old: table("type: int, default: 3"),
      seed: rows,
      new: table("type: int"),
      steps: ["Drop the default of t.c"],
    },
    {
      name: "keeps now()",
      old: table("type: timestamptz, default: now()"),
      new: table("type: timestamptz, default: current_timestamp"),
      steps: ["Set the default of t.c to CURRENT_TIMESTAMP"],
    },
    {
      name: "tells no difference between two ways to write one",
      old: table("type: text, default: { value: a }"),
      new: table("type: text, default: \"'a'::text\""),
      steps: [],
    },
    {
      name: "keeps a text with quotes and backslashes",
      old: table("type: text"),
      seed: rows,
      new: table(`type: text, default: { value: 'it''s a \\ "thing"' }`),
      steps: [`Set the default of t.c to 'it''s a \\ "thing"'::text`],
    },
    {
      name: "sets a value of an enum",
      old: table("type: mood"),
      seed: rows,
      new: table("type: mood, default: bad"),
      steps: ["Set the default of t.c to 'bad'::mood"],
    },
    {
      name: "sets an array",
      old: table(`type: "text[]"`),
      new: table(`type: "text[]", default: "'{}'"`),
      steps: ["Set the default of t.c to '{}'::text[]"],
    },
    {
      name: "sets a time that the server's zone does not change",
      old: table("type: timestamptz"),
      seed: "set timezone = 'Asia/Tokyo'",
      new: table(`type: timestamptz, default: "'2026-01-01 00:00:00'"`),
      steps: ["Set the default of t.c to '2026-01-01 00:00:00+00'::timestamp with time zone"],
    },
    {
      name: "makes a serial column",
      new: table("type: bigserial"),
      steps: ["Create the enum mood", "Create the table t"],
    },
    {
      name: "adds a serial column, numbering the rows",
      old: "tables: { t: { columns: { id: { type: int, primaryKey: true } } } }",
      seed: "insert into t values (1), (2)",
      new: "tables: { t: { columns: { id: { type: int, primaryKey: true }, c: { type: serial } } } }",
      steps: ["Add the column t.c"],
      rows: { "select c from t order by c": [{ c: 1 }, { c: 2 }] },
    },
    {
      name: "turns an integer into a serial, going on after the rows that are there",
      old: table("type: int, nullable: false"),
      seed: "insert into t values (1, 41)",
      new: table("type: serial, nullable: false"),
      steps: [
        "Create the sequence of t.c",
        "Let the sequence of t.c go on after the largest value",
        "Let the default of t.c be the next value of its sequence",
      ],
      rows: { "insert into t (id) values (2) returning c": [{ c: 42 }] },
    },
    {
      name: "turns a serial into a bigserial with its sequence",
      old: table("type: serial"),
      seed: rows,
      new: table("type: bigserial"),
      steps: ["Change the type of t.c from integer to bigint", "Let the sequence of t.c count as bigint"],
    },
    {
      name: "turns a serial into a plain integer, leaving its sequence",
      old: table("type: serial, nullable: false"),
      seed: rows,
      new: table("type: int, nullable: false"),
      steps: ["Drop the default of t.c"],
      more: true,
    },
    {
      name: "takes up a sequence that was left",
      old: table("type: serial, nullable: false"),
      seed: `${rows}; alter table t alter c drop default`,
      new: table("type: serial, nullable: false"),
      steps: [
        "Let the sequence of t.c go on after the largest value",
        "Let the default of t.c be the next value of its sequence",
      ],
    },
  ],
  freshDatabase,
);
