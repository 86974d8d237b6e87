import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const lines = (...columns: string[]): string =>
  `tables: { lines: { columns: { ${["id: { type: int, primaryKey: true }", "price: { type: int, nullable: false }", ...columns].join(", ")} } } }`;
const twice = "twice: { type: int, generated: price * 2 }";
const rows = "insert into lines (id, price) values (1, 5), (2, 7)";
const sum = "select sum(twice)::int as sum from lines";

await runCases(
  [
    {
      name: "makes a table with a generated column",
      new: lines(twice),
      sql: [
        'create table "lines" (\n  "id" integer not null,\n  "price" integer not null,\n  "twice" integer generated always as ((price * 2)) stored,\n  constraint "lines_pkey" PRIMARY KEY (id)\n)',
      ],
    },
    {
      name: "adds a generated column, which is computed for the rows that are there",
      old: lines(),
      seed: rows,
      new: lines(twice),
      steps: ["Add the column lines.twice"],
      rows: { [sum]: [{ sum: 24 }] },
    },
    {
      name: "adds a generated column that is never null",
      old: lines(),
      seed: rows,
      new: lines("twice: { type: int, nullable: false, generated: { expression: price * 2, kind: stored } }"),
      rows: { [sum]: [{ sum: 24 }] },
    },
    {
      name: "adds a generated column with an index and a check that rest on it",
      old: lines(),
      seed: rows,
      new: lines("twice: { type: int, unique: true, generated: price * 2, check: twice > 0 }"),
      rows: { [sum]: [{ sum: 24 }] },
    },
    {
      name: "refuses a check that computed values do not meet",
      old: lines(),
      seed: rows,
      new: lines("twice: { type: int, generated: price * 2, check: twice > 10 }"),
      blocked: [
        "check_violated lines.lines_twice_check: 1 row of lines does not meet the check lines_twice_check.",
      ],
    },
    {
      name: "is the same however its expression is written",
      old: lines(twice),
      seed: rows,
      new: lines('twice: { type: integer, generated: "( price*2 )" }'),
      steps: [],
    },
    {
      name: "keeps the values of a generated column that becomes plain",
      old: lines(twice),
      seed: rows,
      new: lines("twice: { type: int }"),
      steps: ["Make lines.twice a plain column, which keeps its values"],
      sql: ['alter table "lines" alter column "twice" drop expression'],
      rows: { [sum]: [{ sum: 24 }] },
    },
    {
      name: "gives a column that is plain again a default and another type",
      old: lines(twice),
      seed: rows,
      new: lines("twice: { type: bigint, nullable: false, default: 3 }"),
      steps: [
        "Make lines.twice a plain column, which keeps its values",
        "Change the type of lines.twice from integer to bigint",
        "Refuse null in lines.twice",
      ],
      rows: { [sum]: [{ sum: 24 }] },
    },
    {
      name: "never writes over the values of a plain column",
      old: lines("twice: { type: int }"),
      seed: "insert into lines values (1, 5, 99), (2, 7, null)",
      new: lines(twice),
      blocked: [
        "values_lost lines.twice: 1 row of lines has a value in twice, which is to be generated from now on.",
      ],
      wayOut:
        "Declare the generated column under another name, and let twice go when nothing needs its values.",
    },
    {
      name: "generates a plain column that holds nothing yet",
      old: lines("twice: { type: int }"),
      seed: rows,
      new: lines(twice),
      steps: ["Drop the column lines.twice, to make it again", "Add the column lines.twice"],
      rows: { [sum]: [{ sum: 24 }] },
    },
    {
      name: "generates a plain column of an empty table, with its keys",
      old: lines("twice: { type: int, unique: true, default: 1, check: twice > 0 }"),
      new: lines("twice: { type: int, unique: true, generated: price * 2, check: twice > 0 }"),
    },
    {
      name: "changes the expression in an empty table, and makes what rests on the column again",
      old: `
        tables:
          lines:
            columns:
              id: { type: int, primaryKey: true }
              price: { type: int }
              twice: { type: int, generated: price * 2, unique: true, check: twice > 0 }
            indexes: [{ columns: [twice, price] }, { columns: [price], where: twice > 5 }]
            checks: { both: twice > price }`,
      new: `
        tables:
          lines:
            columns:
              id: { type: int, primaryKey: true }
              price: { type: int }
              twice: { type: int, generated: price + price, unique: true, check: twice > 0 }
            indexes: [{ columns: [twice, price] }, { columns: [price], where: twice > 5 }]
            checks: { both: twice > price }`,
    },
    {
      name: "changes the expression and the type in an empty table",
      old: lines(twice),
      new: lines("twice: { type: numeric, generated: price / 2.5 }"),
      steps: ["Drop the column lines.twice, to make it again", "Add the column lines.twice"],
    },
    {
      name: "does not change the expression and the type where there are rows",
      old: lines(twice),
      seed: rows,
      new: lines("twice: { type: numeric, generated: price / 2.5 }"),
      blocked: [
        "generated_changed lines.twice: The generated column twice can become what is declared only by being dropped and made again, and lines has 2 rows.",
      ],
    },
    {
      name: "changes the type of a generated column alone",
      old: lines(twice),
      seed: rows,
      new: lines("twice: { type: bigint, generated: price * 2 }"),
      steps: ["Change the type of lines.twice from integer to bigint"],
      rows: { [sum]: [{ sum: 24 }] },
    },
    {
      name: "changes a type beneath a generated column in an empty table",
      old: lines(twice),
      new: lines(twice)
        .replace("price: { type: int,", "price: { type: bigint,")
        .replace("twice: { type: int", "twice: { type: bigint"),
      steps: [
        "Drop the column lines.twice, to make it again",
        "Change the type of lines.price from integer to bigint",
        "Add the column lines.twice",
      ],
    },
    {
      name: "does not change a type beneath a generated column where there are rows",
      old: lines(twice),
      seed: rows,
      new: lines(twice).replace("price: { type: int,", "price: { type: bigint,"),
      blocked: [
        "generated_changed lines.twice: The generated column twice can become what is declared only by being dropped and made again, and lines has 2 rows.",
      ],
      wayOut: "Declare a column of another name so, and this one as removed.",
    },
    {
      name: "drops a generated column as declared, and none else",
      old: lines(twice),
      seed: rows,
      new: `${lines()}\nremoved: { columns: { lines: [twice] } }`,
      steps: ["Drop the column lines.twice"],
      destroys: { "Drop the column lines.twice": 2 },
      rows: { "select price from lines order by id": [{ price: 5 }, { price: 7 }] },
    },
    {
      name: "renames a generated column and what it is computed from",
      old: lines(twice),
      seed: rows,
      new: `tables: { lines: { columns: { id: { type: int, primaryKey: true }, cost: { type: int, nullable: false, renamedFrom: price }, "Twice": { type: int, generated: cost * 2, renamedFrom: twice } } } }`,
      rows: { 'select sum("Twice")::int as sum from lines': [{ sum: 24 }] },
    },
  ],
  freshDatabase,
);
