import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const table = (...indexes: string[]): string =>
  `tables: { t: { columns: { a: { type: int }, b: { type: text }, j: { type: jsonb } }, indexes: [${indexes.join(", ")}] } }`;
const rows = `insert into t values (1, 'x', '{}'), (2, 'y', null), (2, 'Y', null)`;

await runCases(
  [
    {
      name: "creates an index",
      old: table(),
      seed: rows,
      new: table("{ columns: [a] }"),
      steps: ["Create the index t_a_idx on t"],
      sql: ['create index "t_a_idx" ON public.t USING btree (a)'],
    },
    {
      name: "creates indexes of every kind",
      old: table(),
      seed: rows,
      new: table(
        "{ columns: [a, { column: b, direction: desc, nulls: last }] }",
        "{ columns: [j], method: gin }",
        "{ columns: [{ column: j, opclass: jsonb_path_ops }], method: gin }",
        "{ columns: [{ expression: lower(b) }] }",
        "{ columns: [{ column: b, opclass: text_pattern_ops }] }",
        "{ columns: [a], where: b is not null }",
        "{ columns: [b], method: hash }",
        "{ columns: [a], method: brin }",
      ),
    },
    {
      name: "creates a unique index over part of the rows",
      old: table(),
      seed: rows,
      new: table("{ name: once, columns: [a], unique: true, where: b = lower(b) }"),
      steps: ["Create the unique index once on t"],
    },
    {
      name: "refuses a unique index over duplicates",
      old: table(),
      seed: rows,
      new: table("{ name: once, columns: [{ expression: lower(b) }], unique: true }"),
      blocked: ["duplicates t.once: 1 value of once would be in t more than once."],
    },
    {
      name: "drops an index",
      old: table("{ columns: [a] }"),
      seed: rows,
      new: table(),
      steps: ["Drop the index t_a_idx of t"],
    },
    {
      name: "replaces an index",
      old: table("{ name: i, columns: [a] }"),
      seed: rows,
      new: table("{ name: i, columns: [b] }"),
      steps: ["Drop the index i of t", "Create the index i on t"],
    },
    {
      name: "renames an index",
      old: table("{ name: i, columns: [a] }"),
      seed: rows,
      new: table("{ name: k, columns: [a] }"),
      steps: ["Rename the index i of t to k"],
    },
    {
      name: "swaps what two names mean",
      old: table("{ name: i, columns: [a] }", "{ name: k, columns: [b] }"),
      new: table("{ name: i, columns: [b] }", "{ name: k, columns: [a] }"),
      steps: [
        "Drop the index i of t",
        "Drop the index k of t",
        "Create the index i on t",
        "Create the index k on t",
      ],
    },
    {
      name: "leaves an index alone that cannot be declared",
      old: table(),
      seed: `create index covering on t (a) include (b); create index filled on t (a) with (fillfactor = 50)`,
      new: table(),
      steps: [],
      notices: ["covering", "filled"],
      more: true,
    },
    {
      name: "replaces an index that was left invalid",
      old: table("{ name: i, columns: [a] }"),
      seed: `update pg_index set indisvalid = false where indexrelid = 'i'::regclass`,
      new: table("{ name: i, columns: [a] }"),
      steps: ["Drop the index i of t", "Create the index i on t"],
    },
    {
      name: "makes an index unique",
      old: table("{ name: i, columns: [a, b] }"),
      seed: rows,
      new: table("{ name: i, columns: [a, b], unique: true }"),
      steps: ["Drop the index i of t", "Create the unique index i on t"],
    },
    {
      name: "makes an index on a new column",
      old: "tables: { t: { columns: { a: { type: int } } } }",
      seed: "insert into t values (1)",
      new: "tables: { t: { columns: { a: { type: int }, z: { type: int } }, indexes: [{ columns: [z], unique: true }] } }",
      steps: ["Add the column t.z", "Create the unique index t_z_idx on t"],
    },
  ],
  freshDatabase,
);
