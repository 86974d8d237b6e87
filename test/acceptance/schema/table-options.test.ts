import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const events = (...options: string[]): string =>
  `tables: { events: { columns: { id: { type: int, primaryKey: true }, body: { type: text } }${options.map((option) => `, ${option}`).join("")} } }`;
const rows = "insert into events values (1, 'a'), (2, 'b')";

await runCases(
  [
    {
      name: "makes a table with storage parameters",
      new: events("storage: { fillfactor: 70, autovacuum_enabled: false, toast.autovacuum_enabled: false }"),
      sql: [
        'create table "events" (\n  "id" integer not null,\n  "body" text,\n  constraint "events_pkey" PRIMARY KEY (id)\n) with (autovacuum_enabled = false, fillfactor = 70, toast.autovacuum_enabled = false)',
      ],
    },
    {
      name: "does not mind the order of storage parameters",
      old: events("storage: { fillfactor: 70, parallel_workers: 2 }"),
      new: events("storage: { parallel_workers: 2, fillfactor: 70 }"),
      steps: [],
    },
    {
      name: "sets storage parameters of a table that is there",
      old: events(),
      seed: rows,
      new: events("storage: { fillfactor: 80, autovacuum_vacuum_scale_factor: 0.05 }"),
      steps: ["Set autovacuum_vacuum_scale_factor = 0.05, fillfactor = 80 of events"],
      sql: ['alter table "events" set (autovacuum_vacuum_scale_factor = 0.05, fillfactor = 80)'],
    },
    {
      name: "changes one, takes one away and leaves one",
      old: events("storage: { fillfactor: 80, parallel_workers: 2, autovacuum_enabled: false }"),
      seed: rows,
      new: events("storage: { fillfactor: 60, parallel_workers: 2 }"),
      sql: [
        'alter table "events" set (fillfactor = 60, parallel_workers = 2)',
        'alter table "events" reset (autovacuum_enabled)',
      ],
    },
    {
      name: "takes all of them away, those of the TOAST table too",
      old: events("storage: { fillfactor: 80, toast.autovacuum_enabled: false }"),
      seed: rows,
      new: events(),
      steps: ["Let fillfactor, toast.autovacuum_enabled of events be as usual"],
    },
    {
      name: "says yes and no as the server keeps them",
      old: events(),
      seed: "alter table events set (autovacuum_enabled = off)",
      new: events("storage: { autovacuum_enabled: 'off' }"),
      steps: [],
    },
    {
      name: "sets parameters of a TOAST table that comes with a new column",
      old: "tables: { notes: { columns: { id: { type: int, primaryKey: true } } } }",
      seed: "insert into notes values (1)",
      new: "tables: { notes: { columns: { id: { type: int, primaryKey: true }, body: { type: text } }, storage: { toast.autovacuum_enabled: false } } }",
      steps: ["Add the column notes.body", "Set toast.autovacuum_enabled = false of notes"],
    },
    {
      name: "makes an unlogged table",
      new: events("unlogged: true", "storage: { fillfactor: 90 }"),
      sql: [
        'create unlogged table "events" (\n  "id" integer not null,\n  "body" text,\n  constraint "events_pkey" PRIMARY KEY (id)\n) with (fillfactor = 90)',
      ],
    },
    {
      name: "stops logging a table",
      old: events(),
      seed: rows,
      new: events("unlogged: true"),
      steps: ["Let the rows of events be lost in a crash, for faster writes"],
      sql: ['alter table "events" set unlogged'],
    },
    {
      name: "logs a table again, which keeps its rows",
      old: events("unlogged: true"),
      seed: rows,
      new: events("unlogged: false"),
      sql: ['alter table "events" set logged'],
    },
    {
      name: "logs tables that refer to each other in the order that Postgres asks for",
      old: "tables: { a: { unlogged: true, columns: { id: { type: int, primaryKey: true, references: b.id } } }, b: { unlogged: true, columns: { id: { type: int, primaryKey: true } } } }",
      seed: "insert into b values (1); insert into a values (1)",
      new: "tables: { a: { columns: { id: { type: int, primaryKey: true, references: b.id } } }, b: { columns: { id: { type: int, primaryKey: true } } } }",
      steps: ["Let the rows of b survive a crash", "Let the rows of a survive a crash"],
    },
    {
      name: "stops logging tables that refer to each other in the other order",
      old: "tables: { b: { columns: { id: { type: int, primaryKey: true } } }, a: { columns: { id: { type: int, primaryKey: true, references: b.id } } } }",
      seed: "insert into b values (1); insert into a values (1)",
      new: "tables: { b: { unlogged: true, columns: { id: { type: int, primaryKey: true } } }, a: { unlogged: true, columns: { id: { type: int, primaryKey: true, references: b.id } } } }",
      steps: [
        "Let the rows of a be lost in a crash, for faster writes",
        "Let the rows of b be lost in a crash, for faster writes",
      ],
    },
    {
      name: "sets options of a table that is renamed",
      old: events("storage: { fillfactor: 80 }"),
      seed: rows,
      new: events("unlogged: true", "storage: { fillfactor: 60 }", "renamedFrom: events").replace(
        "{ events:",
        "{ happenings:",
      ),
      rows: { "select count(*)::int as n from happenings": [{ n: 2 }] },
    },
  ],
  freshDatabase,
);
