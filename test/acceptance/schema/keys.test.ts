import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const table = (rest: string): string =>
  `tables: { t: { columns: { a: { type: int, nullable: false }, b: { type: int } }${rest === "" ? "" : `, ${rest}`} } }`;
const rows = "insert into t values (1, 1), (2, 2)";

await runCases(
  [
    {
      name: "adds a primary key",
      old: table(""),
      seed: rows,
      new: table("primaryKey: [a]"),
      steps: ["Add the primary key t_pkey to t"],
      sql: ['alter table "t" add constraint "t_pkey" PRIMARY KEY (a)'],
    },
    {
      name: "adds a primary key over a column that may be null",
      old: table(""),
      seed: rows,
      new: table("primaryKey: [a, b]"),
      steps: ["Refuse null in t.b", "Add the primary key t_pkey to t"],
    },
    {
      name: "refuses a primary key over null",
      old: table(""),
      seed: "insert into t values (1, null)",
      new: table("primaryKey: [b]"),
      blocked: ["null_values t.b: 1 row of t has null in b."],
    },
    {
      name: "refuses a primary key over duplicates",
      old: table(""),
      seed: "insert into t values (1, 1), (1, 2)",
      new: table("primaryKey: [a]"),
      blocked: ["duplicates t.t_pkey: 1 value of t_pkey would be in t more than once."],
    },
    {
      name: "changes the columns of a primary key",
      old: table("primaryKey: [a]"),
      seed: rows,
      new: table("primaryKey: [b, a]"),
      steps: ["Drop the primary key t_pkey of t", "Refuse null in t.b", "Add the primary key t_pkey to t"],
    },
    {
      name: "drops a primary key",
      old: table("primaryKey: [b]"),
      seed: rows,
      new: table(""),
      steps: ["Drop the primary key t_pkey of t", "Allow null in t.b"],
    },
    {
      name: "adds a unique key",
      old: table(""),
      seed: rows,
      new: table("unique: [[a, b]]"),
      steps: ["Add the unique constraint t_a_b_key to t"],
    },
    {
      name: "refuses a unique key over duplicates",
      old: table(""),
      seed: "insert into t values (1, 1), (1, 1), (2, null), (2, null)",
      new: table("unique: [[a, b]]"),
      blocked: ["duplicates t.t_a_b_key: 1 value of t_a_b_key would be in t more than once."],
    },
    {
      name: "drops a unique key",
      old: table("unique: [[b]]"),
      seed: rows,
      new: table(""),
      steps: ["Drop the unique constraint t_b_key of t"],
    },
    {
      name: "renames a key that another tool has named",
      seed: "create table t (a int not null, b int, constraint pk_t primary key (a), constraint uq_t unique (b)); insert into t values (1, 2)",
      new: table("primaryKey: [a], unique: [[b]]"),
      steps: ["Rename the constraint pk_t of t to t_pkey", "Rename the constraint uq_t of t to t_b_key"],
    },
    {
      name: "gives a key another name",
      old: table("unique: [{ name: once, columns: [b] }]"),
      seed: rows,
      new: table("unique: [{ name: just_once, columns: [b] }]"),
      steps: ["Rename the constraint once of t to just_once"],
    },
    {
      name: "swaps what two names mean",
      old: table("unique: [{ name: x, columns: [a] }, { name: y, columns: [b] }]"),
      seed: rows,
      new: table("unique: [{ name: x, columns: [b] }, { name: y, columns: [a] }]"),
      steps: [
        "Drop the unique constraint x of t",
        "Drop the unique constraint y of t",
        "Add the unique constraint x to t",
        "Add the unique constraint y to t",
      ],
    },
    {
      name: "makes a unique key of a unique index of the same name",
      old: table("indexes: [{ name: once, columns: [b], unique: true }]"),
      seed: rows,
      new: table("unique: [{ name: once, columns: [b] }]"),
      steps: ["Drop the index once of t", "Add the unique constraint once to t"],
    },
    {
      name: "refuses a key over a new column whose default is one value",
      old: table(""),
      seed: rows,
      new: `tables: { t: { columns: { a: { type: int, nullable: false }, b: { type: int }, c: { type: int, default: 1, unique: true } } } }`,
      blocked: ["duplicates t.t_c_key: 1 value of t_c_key would be in t more than once."],
    },
    {
      name: "replaces a key under a foreign key",
      old: `tables: { p: { columns: { a: { type: int, nullable: false }, b: { type: int, nullable: false } }, unique: [[a]] }, c: { columns: { a: { type: int, references: p.a } } } }`,
      seed: "insert into p values (1, 1); insert into c values (1)",
      new: `tables: { p: { columns: { a: { type: int, nullable: false }, b: { type: int, nullable: false } }, primaryKey: [a] }, c: { columns: { a: { type: int, references: p.a } } } }`,
      steps: [
        "Drop the foreign key c_a_fkey of c",
        "Drop the unique constraint p_a_key of p",
        "Add the primary key p_pkey to p",
        "Add the foreign key c_a_fkey to c",
      ],
    },
    {
      name: "keeps a key that a table of somebody else's refers to",
      old: table("primaryKey: [a]"),
      seed: `${rows}; create table theirs (a int constraint theirs_fk references t)`,
      new: table(""),
      blocked: [
        "key_in_use t.t_pkey: The key t_pkey of t is to go, and the foreign key theirs_fk of theirs, which is not declared, rests on it.",
      ],
      notices: ["theirs"],
    },
    {
      name: "leaves a key alone that cannot be declared",
      old: table("primaryKey: [a]"),
      seed: "alter table t add constraint later unique (b) deferrable; alter table t add constraint nearby exclude (b with =)",
      new: table("primaryKey: [a]"),
      steps: [],
      notices: ["t.later", "t.nearby"],
      more: true,
    },
    {
      name: "replaces a key of that name which says more than was declared",
      old: table(""),
      seed: `${rows}; alter table t add constraint t_b_key unique (b) deferrable`,
      new: table("unique: [[b]]"),
      steps: ["Drop the unique constraint t_b_key of t", "Add the unique constraint t_b_key to t"],
    },
  ],
  freshDatabase,
);
