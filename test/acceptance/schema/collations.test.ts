import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const people = (...columns: string[]): string =>
  `tables: { people: { columns: { ${["id: { type: int, primaryKey: true }", ...columns].join(", ")} } } }`;
const rows = "insert into people (id, name) values (1, 'b'), (2, 'A')";
const inOrder = "select string_agg(name, '' order by name) as names from people";

await runCases(
  [
    {
      name: "makes a column of a collation",
      new: people("name: { type: text, collation: C }"),
      sql: [
        'create table "people" (\n  "id" integer not null,\n  "name" text collate "C",\n  constraint "people_pkey" PRIMARY KEY (id)\n)',
      ],
    },
    {
      name: "takes the default's own name for no collation",
      old: people("name: { type: text }"),
      new: people("name: { type: text, collation: default }"),
      steps: [],
    },
    {
      name: "finds a collation with its schema and without",
      old: people("name: { type: varchar(20), collation: POSIX }"),
      new: people("name: { type: varchar(20), collation: pg_catalog.POSIX }"),
      steps: [],
    },
    {
      name: "adds a column of a collation to rows that are there",
      old: people(),
      seed: "insert into people values (1)",
      new: people('name: { type: "text[]", collation: C }'),
      sql: ['alter table "people" add column "name" text[] collate "C"'],
    },
    {
      name: "gives a column another collation",
      old: people("name: { type: text }"),
      seed: rows,
      new: people("name: { type: text, collation: C }"),
      steps: ['Change the type of people.name from text to text collate "C"'],
      sql: ['alter table "people" alter column "name" type text collate "C" using "name"'],
      rows: { [inOrder]: [{ names: "Ab" }] },
    },
    {
      name: "takes the collation away",
      old: people("name: { type: text, collation: C }"),
      seed: rows,
      new: people("name: { type: text }"),
      steps: ['Change the type of people.name from text collate "C" to text'],
    },
    {
      name: "takes collations that servers alone have, in a column, an index and a view",
      serversOnly: true,
      old: people("name: { type: text, collation: de-x-icu }"),
      seed: rows,
      new: `${people("name: { type: text, collation: de-x-icu }", "title: { type: text, collation: fr-CA-x-icu }").replace(/ } } }$/, " }, indexes: [{ columns: [{ column: name, collation: sv-SE-x-icu }] }] } }")}
views: { names: { sql: 'select name collate "ja-JP-x-icu" as name from people' } }`,
    },
    {
      name: "changes collation, type and default at once",
      old: people("name: { type: varchar(10), collation: C, default: \"'x'\" }"),
      seed: rows,
      new: people("name: { type: text, collation: POSIX, default: \"'y'\" }"),
      steps: [
        'Change the type of people.name from character varying(10) collate "C" to text collate "POSIX"',
      ],
    },
    {
      name: "keeps a key over a column whose collation changes",
      old: people("name: { type: text, unique: true }"),
      seed: rows,
      new: people("name: { type: text, unique: true, collation: C }"),
    },
    {
      name: "makes columns of an operating system's collation",
      new: people('name: { type: text, collation: "C.utf8" }'),
    },
    {
      name: "generates a column of a collation",
      old: people("name: { type: text }"),
      seed: rows,
      new: people("name: { type: text }", "low: { type: text, collation: C, generated: lower(name) }"),
      rows: { "select string_agg(low, '' order by low) as low from people": [{ low: "ab" }] },
    },
  ],
  freshDatabase,
);
