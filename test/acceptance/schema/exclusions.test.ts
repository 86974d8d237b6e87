import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const table = (...exclusions: string[]): string =>
  `tables: { t: { columns: { a: { type: int }, r: { type: int4range }, b: { type: box } }${exclusions.length === 0 ? "" : `, exclusions: [${exclusions.join(", ")}]`} } }`;
const apart = "{ elements: [{ column: r, with: '&&' }] }";
const rows = "insert into t values (1, '[1,5)', '(0,0),(1,1)'), (2, '[5,9)', '(2,2),(3,3)'), (3, null, null)";

await runCases(
  [
    {
      name: "excludes rows that overlap",
      old: table(),
      seed: rows,
      new: table(apart),
      steps: ["Add the exclusion constraint t_r_excl to t"],
      sql: ['alter table "t" add constraint "t_r_excl" EXCLUDE USING gist (r WITH &&)'],
    },
    {
      name: "refuses to exclude rows that overlap already",
      old: table(),
      seed: `${rows}; insert into t values (4, '[4,6)', null)`,
      new: table(apart),
      blocked: [
        "exclusion_violated t.t_r_excl: 2 pairs of rows of t conflict by the exclusion constraint t_r_excl.",
      ],
      wayOut: "Delete one row of each pair or change it, then plan again.",
    },
    {
      name: "excludes only rows for which every operator holds",
      old: table(),
      seed: `${rows}; insert into t values (4, '[4,6)', '(7,7),(8,8)')`,
      new: table("{ name: both, elements: [{ column: r, with: '&&' }, { column: b, with: '&&' }] }"),
      steps: ["Add the exclusion constraint both to t"],
    },
    {
      name: "refuses where every operator holds",
      old: table(),
      seed: `${rows}; insert into t values (4, '[4,6)', '(0,0),(1,1)')`,
      new: table("{ name: both, elements: [{ column: r, with: '&&' }, { column: b, with: '&&' }] }"),
      blocked: ["exclusion_violated t.both: 1 pair of rows of t conflicts by the exclusion constraint both."],
    },
    {
      name: "excludes rows that are equal, by other methods",
      old: table(),
      seed: rows,
      new: table(
        "{ elements: [{ column: a, with: '=' }], method: btree }",
        "{ elements: [{ column: a, with: '=' }], method: hash }",
        "{ elements: [{ column: r, with: '&&' }], method: spgist }",
      ),
      sql: [
        'alter table "t" add constraint "t_a_excl" EXCLUDE USING btree (a WITH =)',
        'alter table "t" add constraint "t_a_excl1" EXCLUDE USING hash (a WITH =)',
        'alter table "t" add constraint "t_r_excl" EXCLUDE USING spgist (r WITH &&)',
      ],
    },
    {
      name: "excludes by expressions, and only some rows",
      old: table(),
      seed: `${rows}; insert into t values (-1, '[1,5)', null), (0, null, null)`,
      new: table(
        "{ elements: [{ expression: 'int4range(a, a + 1)', with: '&&' }, { column: r, with: '&&' }], where: a > 0 }",
      ),
      sql: [
        'alter table "t" add constraint "t_int4range_r_excl" EXCLUDE USING gist (int4range(a, (a + 1)) WITH &&, r WITH &&) WHERE ((a > 0))',
      ],
    },
    {
      name: "refuses only for rows that it is about",
      old: table(),
      seed: `${rows}; insert into t values (-1, '[1,5)', null), (-2, '[1,5)', null), (3, '[1,5)', null)`,
      new: table("{ elements: [{ column: r, with: '&&' }], where: a > 0 }"),
      blocked: [
        "exclusion_violated t.t_r_excl: 1 pair of rows of t conflicts by the exclusion constraint t_r_excl.",
      ],
    },
    {
      name: "says all of an element",
      old: "tables: { t: { columns: { s: { type: text }, r: { type: int4range } } } }",
      seed: "insert into t values ('a', '[1,2)'), ('b', '[1,2)')",
      new: "tables: { t: { columns: { s: { type: text }, r: { type: int4range } }, exclusions: [{ name: x, method: btree, elements: [{ column: s, collation: C, opclass: text_pattern_ops, direction: desc, nulls: last, with: '=' }], include: [r] }] } }",
      sql: [
        'alter table "t" add constraint "x" EXCLUDE USING btree (s COLLATE "C" text_pattern_ops DESC NULLS LAST WITH =) INCLUDE (r)',
      ],
    },
    {
      name: "lets an exclusion be checked later",
      old: table(apart),
      seed: rows,
      new: table("{ elements: [{ column: r, with: '&&' }], deferrable: initially deferred }"),
      steps: ["Drop the exclusion constraint t_r_excl of t", "Add the exclusion constraint t_r_excl to t"],
    },
    {
      name: "lets an exclusion be checked at once again",
      old: table("{ elements: [{ column: r, with: '&&' }], deferrable: deferrable }"),
      seed: rows,
      new: table(apart),
      steps: ["Drop the exclusion constraint t_r_excl of t", "Add the exclusion constraint t_r_excl to t"],
    },
    {
      name: "changes the operator of an exclusion",
      old: table("{ name: x, elements: [{ column: r, with: '&&' }] }"),
      seed: rows,
      new: table("{ name: x, elements: [{ column: r, with: -|- }, { column: b, with: '&&' }] }"),
      steps: ["Drop the exclusion constraint x of t", "Add the exclusion constraint x to t"],
    },
    {
      name: "drops an exclusion",
      old: table(apart),
      seed: rows,
      new: table(),
      steps: ["Drop the exclusion constraint t_r_excl of t"],
    },
    {
      name: "gives an exclusion another name",
      old: table("{ name: x, elements: [{ column: r, with: '&&' }] }"),
      seed: rows,
      new: table(apart),
      steps: ["Rename the constraint x of t to t_r_excl"],
    },
    {
      name: "renames of two exclusions that are the same the one that is declared",
      old: table(
        "{ name: x, elements: [{ column: r, with: '&&' }] }",
        "{ name: y, elements: [{ column: r, with: '&&' }] }",
      ),
      seed: rows,
      new: table("{ name: z, elements: [{ column: r, with: '&&' }], renamedFrom: y }"),
      steps: ["Drop the exclusion constraint x of t", "Rename the constraint y of t to z"],
    },
    {
      name: "makes a table with exclusions",
      new: table(apart, "{ elements: [{ column: b, with: '&&' }], where: a > 0 }"),
      steps: ["Create the table t"],
    },
    {
      name: "does nothing where another tool has made it in other words",
      old: table(),
      seed: `${rows}; alter table t add exclude using gist ((r) range_ops with operator(pg_catalog.&&))`,
      new: table(apart),
      steps: [],
    },
    {
      name: "names exclusions as Postgres names them",
      old: table(),
      seed: `${rows}; alter table t add exclude using gist (r with &&, b with &&), add exclude using gist (int4range(a, a + 1) with &&, (r * '[1,2]') with &&), add exclude using btree (a with =) include (r), add exclude using btree (a with =)`,
      new: table(
        "{ elements: [{ column: r, with: '&&' }, { column: b, with: '&&' }] }",
        `{ elements: [{ expression: "int4range(a, a + 1)", with: '&&' }, { expression: "r * '[1,2]'", with: '&&' }] }`,
        "{ elements: [{ column: a, with: '=' }], method: btree, include: [r] }",
        "{ elements: [{ column: a, with: '=' }], method: btree }",
      ),
      steps: [],
    },
    {
      name: "excludes rows of a table in another schema",
      old: "schemas: { audit: {} }\ntables: { audit.t: { columns: { r: { type: int4range } } } }",
      seed: "insert into audit.t values ('[1,2)')",
      new: "schemas: { audit: {} }\ntables: { audit.t: { columns: { r: { type: int4range } }, exclusions: [{ elements: [{ column: r, with: '&&' }] }] } }",
      sql: ['alter table "audit"."t" add constraint "t_r_excl" EXCLUDE USING gist (r WITH &&)'],
    },
    {
      name: "refuses to exclude rows of a table in another schema that overlap already",
      old: "schemas: { audit: {} }\ntables: { audit.t: { columns: { r: { type: int4range } } } }",
      seed: "insert into audit.t values ('[1,3)'), ('[2,4)')",
      new: "schemas: { audit: {} }\ntables: { audit.t: { columns: { r: { type: int4range } }, exclusions: [{ elements: [{ column: r, with: '&&' }] }] } }",
      blocked: [
        "exclusion_violated audit.t.t_r_excl: 1 pair of rows of audit.t conflicts by the exclusion constraint t_r_excl.",
      ],
    },
    {
      name: "refuses to exclude by what a column is to be",
      old: "tables: { t: { columns: { a: { type: text } } } }",
      seed: "insert into t values ('1'), ('01')",
      new: "tables: { t: { columns: { a: { type: int } }, exclusions: [{ elements: [{ column: a, with: '=' }], method: btree }] } }",
      blocked: [
        "exclusion_violated t.t_a_excl: 1 pair of rows of t conflicts by the exclusion constraint t_a_excl.",
      ],
    },
  ],
  freshDatabase,
);
