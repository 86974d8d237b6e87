import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const pages = (...columns: string[]): string =>
  `tables: { pages: { columns: { ${["id: { type: int, primaryKey: true }", ...columns].join(", ")} } } }`;
const row = "insert into pages (id, body) values (1, 'a')";

await runCases(
  [
    {
      name: "makes a table with settings of columns",
      new: pages("body: { type: text, storage: external, compression: pglz, statistics: 500 }"),
      steps: [
        "Create the table pages",
        "Set storage external, compression pglz, statistics 500 of pages.body",
      ],
    },
    {
      name: "takes the type's own way of being kept for no setting",
      old: pages("body: { type: text }", "amount: { type: numeric }"),
      new: pages("body: { type: text, storage: extended }", "amount: { type: numeric, storage: main }"),
      steps: [],
    },
    {
      name: "adds a column with settings",
      old: pages("body: { type: text }"),
      seed: row,
      new: pages("body: { type: text }", "notes: { type: jsonb, storage: external, statistics: 0 }"),
      steps: ["Add the column pages.notes", "Set storage external, statistics 0 of pages.notes"],
    },
    {
      name: "sets what is declared of a column that is there",
      old: pages("body: { type: text }"),
      seed: row,
      new: pages("body: { type: text, storage: main, statistics: 1000 }"),
      sql: [
        'alter table "pages" alter column "body" set storage main, alter column "body" set statistics 1000',
      ],
    },
    {
      name: "goes back to what is usual",
      old: pages(
        "body: { type: text, storage: plain, compression: pglz, statistics: 10 }",
        "amount: { type: 'numeric(10,2)', storage: external }",
      ),
      seed: row,
      new: pages("body: { type: text }", "amount: { type: 'numeric(10,2)' }"),
    },
    {
      name: "compresses in a way of its own, where the server might change its mind",
      old: pages("body: { type: text }"),
      seed: row,
      new: pages("body: { type: text, compression: pglz }"),
      steps: ["Set compression pglz of pages.body"],
    },
    {
      name: "sets again what another type takes along",
      old: pages("body: { type: text, storage: external, compression: pglz, statistics: 77 }"),
      seed: row,
      new: pages("body: { type: varchar(9), storage: external, compression: pglz, statistics: 77 }"),
      steps: [
        "Change the type of pages.body from text to character varying(9)",
        "Set storage external, compression pglz of pages.body",
      ],
    },
    {
      name: "takes settings that only SQL made away",
      old: pages("body: { type: text }"),
      seed: "alter table pages alter column body set statistics 5",
      new: pages("body: { type: text }"),
      sql: ['alter table "pages" alter column "body" set statistics -1'],
    },
    {
      name: "sets what is declared of a generated column that is made again",
      old: pages("body: { type: text }", "low: { type: text, storage: external, generated: lower(body) }"),
      new: pages(
        "body: { type: varchar(9) }",
        "low: { type: text, storage: external, generated: lower(body) }",
      ),
    },
    {
      name: "sets what is declared of a column after its table, which waits for the function of a check",
      new: `functions: { twice: { sql: "create function twice(i int) returns int immutable language sql as $$ select i * 2 $$" } }
${pages("body: { type: text, storage: external }").replace("{ columns:", "{ checks: { few: twice(1) > 0 }, storage: { fillfactor: 70 }, columns:")}`,
      steps: [
        "Create the function twice(integer)",
        "Create the table pages",
        "Set storage external of pages.body",
      ],
    },
    {
      name: "sets what is declared of a column that a key of its table holds",
      new: pages("body: { type: text, unique: true, storage: external }"),
      steps: ["Create the table pages", "Set storage external of pages.body"],
    },
  ],
  freshDatabase,
);
