import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const tables = (reference: string, rest = ""): string =>
  `tables: { c: { columns: { id: { type: int }, p: { type: int${reference} } }${rest} }, p: { columns: { id: { type: int, primaryKey: true }, k: { type: int, unique: true } } } }`;
const rows = "insert into p values (1, 10), (2, 20); insert into c values (1, 1), (2, 2), (3, null)";

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
      name: "leaves a foreign key alone that cannot be declared",
      old: tables(""),
      seed: `${rows}; alter table c add constraint later foreign key (p) references p (id) deferrable initially deferred`,
      new: tables(""),
      steps: [],
      notices: ["c.later"],
      more: true,
    },
    {
      name: "adds a key and the foreign key that rests on it",
      old: "tables: { p: { columns: { id: { type: int } } }, c: { columns: { p: { type: int } } } }",
      seed: "insert into p values (1); insert into c values (1)",
      new: "tables: { p: { columns: { id: { type: int, unique: true } } }, c: { columns: { p: { type: int, references: p.id } } } }",
      steps: ["Add the unique constraint p_id_key to p", "Add the foreign key c_p_fkey to c"],
    },
  ],
  freshDatabase,
);
