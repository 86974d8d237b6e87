import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const tables = (reference: string, rest = ""): string =>
  `tables: { c: { columns: { id: { type: int }, p: { type: int${reference} } }${rest} }, p: { columns: { id: { type: int, primaryKey: true }, k: { type: int, unique: true } } } }`;
const rows = "insert into p values (1, 10), (2, 20); insert into c values (1, 1), (2, 2), (3, null)";

const pairs =
  "tables: { p: { columns: { a: { type: int }, b: { type: int } }, primaryKey: [a, b] }, c: { columns: { x: { type: int }, y: { type: int } } } }";
/** A foreign key of two columns, with what else is said of it. */
const pair = (rest: string): string =>
  pairs.replace(
    "y: { type: int } } }",
    `y: { type: int } }, foreignKeys: [{ columns: [x, y], references: { table: p, columns: [a, b] }${rest === "" ? "" : `, ${rest}`} }] }`,
  );
const pairRows = "insert into p values (1, 2); insert into c values (1, 2), (9, null)";
const acrossTypes = (type: string): string =>
  `schemas: { audit: {} }\ntables: { p: { columns: { id: { type: ${type}, primaryKey: true } } }, c: { columns: { p: { type: ${type}, references: p.id } } }, audit.c: { columns: { p: { type: ${type}, references: p.id } } } }`;

await runCases(
  [
    {
      name: "adds a foreign key",
      old: tables(""),
      seed: rows,
      new: tables(", references: p.id"),
      steps: ["Add the foreign key c_p_fkey to c"],
      sql: ['alter table "c" add constraint "c_p_fkey" FOREIGN KEY (p) REFERENCES p(id)'],
    },
    {
      name: "adds a foreign key with actions",
      old: tables(""),
      seed: rows,
      new: tables(", references: p.id, onDelete: cascade, onUpdate: set null"),
      sql: [
        'alter table "c" add constraint "c_p_fkey" FOREIGN KEY (p) REFERENCES p(id) ON UPDATE SET NULL ON DELETE CASCADE',
      ],
    },
    {
      name: "refuses a foreign key where a row has no parent",
      old: tables(""),
      seed: "insert into p values (1); insert into c values (1, 1), (2, 7), (3, 8)",
      new: tables(", references: p.id"),
      blocked: ["foreign_key_violated c.c_p_fkey: Each of 2 rows of c refers by p to no row of p."],
    },
    {
      name: "refuses a foreign key to a table that is yet to come, where rows refer to it",
      old: "tables: { c: { columns: { id: { type: int }, p: { type: int } } } }",
      seed: "insert into c values (1, 1), (2, null)",
      new: tables(", references: p.id"),
      blocked: ["foreign_key_violated c.c_p_fkey: 1 row of c refers by p to no row of p."],
    },
    {
      name: "changes what a foreign key does",
      old: tables(", references: p.id"),
      seed: rows,
      new: tables(", references: p.id, onDelete: restrict"),
      steps: ["Drop the foreign key c_p_fkey of c", "Add the foreign key c_p_fkey to c"],
    },
    {
      name: "lets a foreign key lead to another column",
      old: tables(", references: p.id"),
      seed: "insert into p values (1, 1); insert into c values (1, 1)",
      new: tables(", references: p.k"),
      steps: ["Drop the foreign key c_p_fkey of c", "Add the foreign key c_p_fkey to c"],
    },
    {
      name: "drops a foreign key",
      old: tables(", references: p.id"),
      seed: rows,
      new: tables(""),
      steps: ["Drop the foreign key c_p_fkey of c"],
    },
    {
      name: "renames a foreign key",
      old: tables(", references: p.id"),
      seed: `${rows}; alter table c rename constraint c_p_fkey to fk_c_p`,
      new: tables(", references: p.id"),
      steps: ["Rename the constraint fk_c_p of c to c_p_fkey"],
    },
    {
      name: "makes tables that refer to each other and to themselves",
      new: "tables: { a: { columns: { id: { type: int, primaryKey: true }, b: { type: int, references: b.id }, a: { type: int, references: a.id } } }, b: { columns: { id: { type: int, primaryKey: true }, a: { type: int, references: a.id } } } }",
      steps: [
        "Create the table a",
        "Create the table b",
        "Add the foreign key a_b_fkey to a",
        "Add the foreign key a_a_fkey to a",
        "Add the foreign key b_a_fkey to b",
      ],
    },
    {
      name: "adds a foreign key of two columns",
      old: "tables: { p: { columns: { a: { type: int }, b: { type: int } }, primaryKey: [a, b] }, c: { columns: { x: { type: int }, y: { type: int } } } }",
      seed: "insert into p values (1, 2); insert into c values (1, 2), (9, null)",
      new: "tables: { p: { columns: { a: { type: int }, b: { type: int } }, primaryKey: [a, b] }, c: { columns: { x: { type: int }, y: { type: int } }, foreignKeys: [{ columns: [x, y], references: { table: p, columns: [a, b] } }] } }",
      steps: ["Add the foreign key c_x_y_fkey to c"],
    },
    {
      name: "validates a foreign key that another has left open",
      old: tables(""),
      seed: `${rows}; alter table c add constraint c_p_fkey foreign key (p) references p (id) not valid`,
      new: tables(", references: p.id"),
      steps: ["Validate the foreign key c_p_fkey of c"],
    },
    {
      name: "leaves a foreign key alone that leads out of what is managed",
      old: tables(""),
      seed: `${rows}; create schema theirs; create table theirs.p (id int primary key); insert into theirs.p values (1), (2); alter table c add constraint away foreign key (p) references theirs.p`,
      new: tables(""),
      steps: [],
      notices: ["c.away"],
      more: true,
    },
    {
      name: "leaves a foreign key alone that leads to what is ignored",
      old: tables(""),
      seed: `${rows}; create table job_runs (id int primary key); insert into job_runs values (1), (2); alter table c add constraint away foreign key (p) references job_runs`,
      new: `ignore: [job_*]\n${tables("")}`,
      steps: [],
      notices: ["c.away"],
      more: true,
    },
    {
      name: "drops a foreign key that says more, since it can be declared",
      old: tables(""),
      seed: `${rows}; alter table c add constraint later foreign key (p) references p (id) match full deferrable initially deferred`,
      new: tables(""),
      steps: ["Drop the foreign key later of c"],
    },
    {
      name: "adds a key and the foreign key that rests on it",
      old: "tables: { p: { columns: { id: { type: int } } }, c: { columns: { p: { type: int } } } }",
      seed: "insert into p values (1); insert into c values (1)",
      new: "tables: { p: { columns: { id: { type: int, unique: true } } }, c: { columns: { p: { type: int, references: p.id } } } }",
      steps: ["Add the unique constraint p_id_key to p", "Add the foreign key c_p_fkey to c"],
    },
    ...(["restrict", "cascade", "set null", "set default"] as const).map((action) => ({
      name: `does ${action} on delete and on update`,
      old: pair(`onDelete: ${action}, onUpdate: ${action}`),
      seed: pairRows,
      new: pair(""),
      sql: [
        'alter table "c" drop constraint "c_x_y_fkey"',
        'alter table "c" add constraint "c_x_y_fkey" FOREIGN KEY (x, y) REFERENCES p(a, b)',
      ],
    })),
    {
      name: "does something on delete, and another thing on update",
      old: pair(""),
      seed: pairRows,
      new: pair("onDelete: set default, onUpdate: restrict"),
      sql: [
        'alter table "c" drop constraint "c_x_y_fkey"',
        'alter table "c" add constraint "c_x_y_fkey" FOREIGN KEY (x, y) REFERENCES p(a, b) ON UPDATE RESTRICT ON DELETE SET DEFAULT',
      ],
    },
    {
      name: "sets one of the columns to null",
      old: pair("onDelete: set null"),
      seed: pairRows,
      new: pair("onDelete: set null, setColumns: [y]"),
      sql: [
        'alter table "c" drop constraint "c_x_y_fkey"',
        'alter table "c" add constraint "c_x_y_fkey" FOREIGN KEY (x, y) REFERENCES p(a, b) ON DELETE SET NULL (y)',
      ],
    },
    {
      name: "sets both columns to their defaults again",
      old: pair("onDelete: set default, setColumns: [y]"),
      seed: pairRows,
      new: pair("onDelete: set default"),
      steps: ["Drop the foreign key c_x_y_fkey of c", "Add the foreign key c_x_y_fkey to c"],
    },
    {
      name: "matches in full where all rows do",
      old: pair(""),
      seed: "insert into p values (1, 2); insert into c values (1, 2), (null, null)",
      new: pair("match: full"),
      sql: [
        'alter table "c" drop constraint "c_x_y_fkey"',
        'alter table "c" add constraint "c_x_y_fkey" FOREIGN KEY (x, y) REFERENCES p(a, b) MATCH FULL',
      ],
    },
    {
      name: "refuses to match in full where a row is null in part",
      old: pair(""),
      seed: pairRows,
      new: pair("match: full"),
      blocked: ["foreign_key_violated c.c_x_y_fkey: 1 row of c refers by x, y to no row of p."],
    },
    {
      name: "matches simply again",
      old: pair("match: full"),
      seed: "insert into p values (1, 2); insert into c values (1, 2), (null, null)",
      new: pair("match: simple"),
      steps: ["Drop the foreign key c_x_y_fkey of c", "Add the foreign key c_x_y_fkey to c"],
    },
    {
      name: "refuses a foreign key of two columns where a row has only one of them right",
      old: pairs,
      seed: "insert into p values (1, 2); insert into c values (1, 3), (9, null)",
      new: pair(""),
      blocked: ["foreign_key_violated c.c_x_y_fkey: 1 row of c refers by x, y to no row of p."],
    },
    {
      name: "lets a foreign key be checked later, in place",
      old: pair(""),
      seed: pairRows,
      new: pair("deferrable: deferrable"),
      steps: ["Change when the foreign key c_x_y_fkey of c is checked"],
      sql: ['alter table "c" alter constraint "c_x_y_fkey" deferrable'],
    },
    {
      name: "lets a foreign key be checked at the end by itself, in place",
      old: pair("onDelete: cascade, deferrable: deferrable"),
      seed: pairRows,
      new: pair("onDelete: cascade, deferrable: initially deferred"),
      sql: ['alter table "c" alter constraint "c_x_y_fkey" deferrable initially deferred'],
    },
    {
      name: "lets a foreign key be checked at once again, in place",
      old: pair("deferrable: initially deferred"),
      seed: pairRows,
      new: pair(""),
      sql: ['alter table "c" alter constraint "c_x_y_fkey" not deferrable'],
    },
    {
      name: "lets a foreign key be checked later that was left open",
      old: pairs,
      seed: `${pairRows}; alter table c add constraint c_x_y_fkey foreign key (x, y) references p not valid`,
      new: pair("deferrable: deferrable"),
      steps: [
        "Change when the foreign key c_x_y_fkey of c is checked",
        "Validate the foreign key c_x_y_fkey of c",
      ],
    },
    {
      name: "refuses to validate a foreign key that a row violates",
      old: pairs,
      seed: `${pairRows}; insert into c values (7, 7); alter table c add constraint c_x_y_fkey foreign key (x, y) references p not valid`,
      new: pair(""),
      blocked: ["foreign_key_violated c.c_x_y_fkey: 1 row of c refers by x, y to no row of p."],
    },
    {
      name: "renames and validates a foreign key",
      old: pairs,
      seed: `${pairRows}; alter table c add constraint theirs foreign key (x, y) references p not valid`,
      new: pair(""),
      steps: ["Rename the constraint theirs of c to c_x_y_fkey", "Validate the foreign key c_x_y_fkey of c"],
    },
    {
      name: "renames of two foreign keys that are the same the one that is declared",
      old: pairs,
      seed: `${pairRows}; alter table c add constraint x1 foreign key (x, y) references p; alter table c add constraint x2 foreign key (x, y) references p`,
      new: pair("name: kept, renamedFrom: x2"),
      steps: ["Drop the foreign key x1 of c", "Rename the constraint x2 of c to kept"],
    },
    {
      name: "refuses to rename a foreign key where both are there",
      old: pair("name: kept"),
      seed: "alter table c add constraint former foreign key (x, y) references p",
      new: pair("name: kept, renamedFrom: former"),
      blocked: [
        "rename_conflict c.kept: The constraint kept of c is declared as renamed from former, and the database has both.",
      ],
    },
    {
      name: "leads to a plain unique index",
      old: "tables: { p: { columns: { id: { type: int } }, indexes: [{ name: once, columns: [id], unique: true }] }, c: { columns: { p: { type: int } } } }",
      seed: "insert into p values (1), (null), (null); insert into c values (1), (null)",
      new: "tables: { p: { columns: { id: { type: int } }, indexes: [{ name: once, columns: [id], unique: true }] }, c: { columns: { p: { type: int, references: p.id } } } }",
      steps: ["Add the foreign key c_p_fkey to c"],
    },
    {
      name: "replaces the unique index that a foreign key leads to",
      old: "tables: { p: { columns: { id: { type: int } }, indexes: [{ name: once, columns: [id], unique: true }] }, c: { columns: { p: { type: int, references: p.id } } } }",
      seed: "insert into p values (1); insert into c values (1), (null)",
      new: "tables: { p: { columns: { id: { type: int } }, indexes: [{ name: once, columns: [id], unique: true, nullsNotDistinct: true }] }, c: { columns: { p: { type: int, references: p.id } } } }",
      steps: [
        "Drop the foreign key c_p_fkey of c",
        "Drop the index once of p",
        "Create the unique index once on p",
        "Add the foreign key c_p_fkey to c",
      ],
    },
    {
      name: "keeps a foreign key where the unique index beneath it is only renamed or stored in another way",
      old: "tables: { p: { columns: { id: { type: int } }, indexes: [{ name: once, columns: [id], unique: true }] }, c: { columns: { p: { type: int, references: p.id } } } }",
      seed: "insert into p values (1); insert into c values (1), (null)",
      new: "tables: { p: { columns: { id: { type: int } }, indexes: [{ name: only, columns: [id], unique: true }] }, c: { columns: { p: { type: int, references: p.id } } } }",
      steps: ["Rename the index once of p to only"],
    },
    {
      name: "changes the type of a key, and of what refers to it in two schemas",
      old: acrossTypes("text"),
      seed: "insert into p values ('1'); insert into c values ('1'); insert into audit.c values ('1')",
      new: acrossTypes("int"),
      steps: [
        "Drop the foreign key c_p_fkey of c",
        "Drop the foreign key c_p_fkey of audit.c",
        "Change the type of p.id from text to integer",
        "Change the type of c.p from text to integer",
        "Change the type of audit.c.p from text to integer",
        "Add the foreign key c_p_fkey to c",
        "Add the foreign key c_p_fkey to audit.c",
      ],
      rows: { "select p from audit.c": [{ p: 1 }] },
    },
    {
      name: "leads to a table of another schema, and from there to another",
      old: "schemas: { audit: {} }\ntables: { audit.p: { columns: { id: { type: int, primaryKey: true } } }, c: { columns: { id: { type: int, primaryKey: true }, p: { type: int } } }, audit.d: { columns: { c: { type: int }, p: { type: int } } } }",
      seed: "insert into audit.p values (1); insert into c values (5, 1); insert into audit.d values (5, 1)",
      new: "schemas: { audit: {} }\ntables: { audit.p: { columns: { id: { type: int, primaryKey: true } } }, c: { columns: { id: { type: int, primaryKey: true }, p: { type: int, references: audit.p.id } } }, audit.d: { columns: { c: { type: int, references: c.id }, p: { type: int, references: audit.p.id, onDelete: cascade } } } }",
      sql: [
        'alter table "c" add constraint "c_p_fkey" FOREIGN KEY (p) REFERENCES audit.p(id)',
        'alter table "audit"."d" add constraint "d_c_fkey" FOREIGN KEY (c) REFERENCES c(id)',
        'alter table "audit"."d" add constraint "d_p_fkey" FOREIGN KEY (p) REFERENCES audit.p(id) ON DELETE CASCADE',
      ],
    },
    {
      name: "refuses a foreign key from one schema to another where a row has no parent",
      old: "schemas: { audit: {} }\ntables: { p: { columns: { id: { type: int, primaryKey: true } } }, audit.c: { columns: { p: { type: int } } } }",
      seed: "insert into p values (1); insert into audit.c values (1), (2)",
      new: "schemas: { audit: {} }\ntables: { p: { columns: { id: { type: int, primaryKey: true } } }, audit.c: { columns: { p: { type: int, references: p.id } } } }",
      blocked: ["foreign_key_violated audit.c.c_p_fkey: 1 row of audit.c refers by p to no row of p."],
    },
    {
      name: "refuses a foreign key of a table to itself where a row has no parent",
      old: "tables: { t: { columns: { id: { type: int, primaryKey: true }, up: { type: int } } } }",
      seed: "insert into t values (1, null), (2, 1), (3, 9)",
      new: "tables: { t: { columns: { id: { type: int, primaryKey: true }, up: { type: int, references: t.id } } } }",
      blocked: ["foreign_key_violated t.t_up_fkey: 1 row of t refers by up to no row of t."],
    },
    {
      name: "lets tables that refer to each other in a circle go one way only",
      old: "tables: { a: { columns: { id: { type: int, primaryKey: true }, b: { type: int, references: b.id } } }, b: { columns: { id: { type: int, primaryKey: true }, a: { type: int, references: a.id } } } }",
      seed: "insert into a values (1, null); insert into b values (1, 1); update a set b = 1",
      new: "tables: { a: { columns: { id: { type: int, primaryKey: true }, b: { type: int } } }, b: { columns: { id: { type: int, primaryKey: true }, a: { type: int, references: a.id, onDelete: set null } } } }",
      steps: [
        "Drop the foreign key a_b_fkey of a",
        "Drop the foreign key b_a_fkey of b",
        "Add the foreign key b_a_fkey to b",
      ],
    },
  ],
  freshDatabase,
);
