import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const tasks = `tables: { tasks: { columns: { id: { type: int, primaryKey: true }, title: { type: text }, owner: { type: int } } } }\n`;
const rows = "insert into tasks values (1, 'a', 7), (2, 'b', 7), (3, 'c', 8)";
const counts = "select owner, count(*) as n from tasks group by owner";
const view = (sql: string, more = ""): string => `materializedViews: { counts: { sql: "${sql}"${more} } }\n`;
const role = `do $$ begin create role stk_reader; exception when duplicate_object or unique_violation then null; end $$;`;

await runCases(
  [
    {
      name: "creates a materialized view and fills it",
      old: tasks,
      seed: rows,
      new: tasks + view(counts),
      steps: ["Create the materialized view counts"],
      rows: {
        "select owner, n from counts order by owner": [
          { owner: 7, n: "2" },
          { owner: 8, n: "1" },
        ],
      },
    },
    {
      name: "creates one with indexes, named as Postgres would",
      new: `${tasks}materializedViews:
  counts:
    sql: ${counts}
    columns: [who, number]
    storage: { fillfactor: 70 }
    indexes:
      - { columns: [who], unique: true }
      - { columns: [{ expression: abs(number), direction: desc }], where: number > 1 }
      - { columns: [number], include: [who], name: by_number }
`,
      rows: {
        "select indexrelid::regclass::text as name from pg_index where indrelid = 'counts'::regclass order by 1":
          [{ name: "by_number" }, { name: "counts_abs_idx" }, { name: "counts_who_idx" }],
      },
    },
    {
      name: "is the same when only its rows are old",
      old: tasks + view(counts),
      seed: rows,
      new: tasks + view(`${counts};`),
      steps: [],
      rows: { "select * from counts": [] },
    },
    {
      name: "adds an index in place and keeps the rows as they are",
      old: tasks + view(counts),
      seed: rows,
      new: tasks + view(counts, ", indexes: [{ columns: [owner], unique: true }]"),
      steps: ["Change the materialized view counts"],
      rows: { "select * from counts": [] },
    },
    {
      name: "drops an index in place",
      old: tasks + view(counts, ", indexes: [{ columns: [owner] }]"),
      new: tasks + view(counts),
      sql: ['drop index "counts_owner_idx"'],
    },
    {
      name: "replaces an index: the new one under another name first, one of the same name after",
      old: tasks + view(counts, ", indexes: [{ columns: [owner] }, { columns: [n], name: kept_name }]"),
      new:
        tasks +
        view(counts, ", indexes: [{ columns: [n, owner] }, { columns: [n], name: kept_name, unique: true }]"),
      sql: [
        'drop index "kept_name"',
        'create index "counts_n_owner_idx" ON public.counts USING btree (n, owner)',
        'create unique index "kept_name" ON public.counts USING btree (n)',
        'drop index "counts_owner_idx"',
      ],
    },
    {
      name: "builds and replaces indexes while others read",
      old:
        tasks +
        view(
          counts,
          ", indexes: [{ columns: [owner] }, { columns: [n], name: kept_name }], storage: { fillfactor: 70 }",
        ),
      seed: `${rows}; refresh materialized view counts`,
      online: true,
      new:
        tasks +
        view(
          counts,
          ", indexes: [{ columns: [n, owner] }, { columns: [owner], name: kept_name, unique: true }]",
        ),
      sql: [
        'alter materialized view "counts" reset (fillfactor)',
        'create index concurrently "counts_n_owner_idx" on "counts" USING btree (n, owner)',
        'create unique index concurrently "stk_new_kept_name" on "counts" USING btree (owner)',
        'drop index concurrently "counts_owner_idx"',
        'drop index concurrently "kept_name"',
        'alter index "stk_new_kept_name" rename to "kept_name"',
      ],
    },
    {
      name: "clears away what a build that was cut off has left",
      old: tasks + view(counts, ", indexes: [{ columns: [n], name: kept_name }]"),
      seed: `${rows}; refresh materialized view counts; create index stk_new_kept_name on counts (owner);
        create index other on counts (n); update pg_index set indisvalid = false where indexrelid = 'other'::regclass`,
      online: true,
      new:
        tasks +
        view(
          counts,
          ", indexes: [{ columns: [owner], name: kept_name }, { columns: [n, owner], name: other }]",
        ),
      steps: [
        "Drop the index other of counts, whose building was cut off",
        "Drop the index stk_new_kept_name of counts (2)",
        "Build the index stk_new_kept_name on counts (3)",
        "Build the index other on counts (4)",
        "Drop the index kept_name of counts (5)",
        "Rename the index stk_new_kept_name of counts to kept_name (6)",
      ],
    },
    {
      name: "builds an index on one that has no rows yet",
      old: tasks + view(counts),
      seed: `${rows}; refresh materialized view counts with no data`,
      online: true,
      new: tasks + view(counts, ", indexes: [{ columns: [owner] }]"),
      steps: ["Build the index counts_owner_idx on counts"],
      rows: {
        "select relispopulated as filled from pg_class where oid = 'counts'::regclass": [{ filled: false }],
      },
      more: true,
    },
    {
      name: "sets and takes away storage parameters in place",
      old: tasks + view(counts, ", storage: { fillfactor: 70, autovacuum_enabled: false }"),
      new: tasks + view(counts, ", storage: { fillfactor: 80 }"),
      sql: [
        'alter materialized view "counts" reset (autovacuum_enabled)',
        'alter materialized view "counts" set (fillfactor=80)',
      ],
    },
    {
      name: "makes one again whose query changes, with its indexes and the rights on it",
      old: tasks + view(counts, ", indexes: [{ columns: [owner] }]"),
      seed: `${role} grant select on counts to stk_reader; ${rows}`,
      new: tasks + view(`${counts} having count(*) > 1`, ", indexes: [{ columns: [owner] }]"),
      rows: {
        "select * from counts": [{ owner: 7, n: "2" }],
        "select has_table_privilege('stk_reader', 'counts', 'select') as may": [{ may: true }],
        "select count(*)::int as n from pg_indexes where schemaname = 'public' and tablename = 'counts'": [
          { n: 1 },
        ],
      },
      more: true,
    },
    {
      name: "drops one whose removal is declared",
      old: tasks + view(counts),
      new: `${tasks}removed: { materializedViews: [counts] }`,
      steps: ["Drop the materialized view counts"],
    },
    {
      name: "only notices one that is not declared",
      old: tasks,
      seed: "create materialized view counts as select 1 as one",
      new: tasks,
      steps: [],
      notices: ["counts"],
      more: true,
    },
    {
      name: "a view becomes a materialized one, and back",
      old: `${tasks}views: { counts: { sql: "${counts}" } }`,
      new: `${tasks + view(counts)}removed: { views: [counts] }`,
      steps: ["Drop the view counts", "Create the materialized view counts"],
    },
    {
      name: "a materialized view becomes a view",
      old: tasks + view(counts),
      new: `${tasks}views: { counts: { sql: "${counts}" } }\nremoved: { materializedViews: [counts] }`,
      steps: ["Drop the materialized view counts", "Create the view counts"],
    },
    {
      name: "does not take the name of a view whose removal is not declared",
      old: `${tasks}views: { counts: { sql: "${counts}" } }`,
      new: tasks + view(counts),
      blocked: [
        "name_taken counts: The materialized view counts is declared, and the database has a view of that name.",
      ],
      notices: ["counts"],
    },
    {
      name: "one rests on another, and on a view",
      new: `${tasks + view(counts)}views: { large: { sql: select owner from counts where n > 9 } }
`.replace(
        "materializedViews: {",
        "materializedViews: { deep: { sql: select count(*) as n from large, indexes: [{ columns: [n] }] },",
      ),
      steps: [
        "Create the table tasks",
        "Create the materialized view counts",
        "Create the view large",
        "Create the materialized view deep",
        "Create the materialized view deep",
      ],
    },
    {
      name: "makes again what rests on one that is made again",
      old: `${tasks + view(counts)}views: { large: { sql: select owner from counts where n > 9 } }`,
      new: `${tasks + view(`${counts} having owner is not null`)}views: { large: { sql: select owner from counts where n > 9 } }`,
      steps: [
        "Drop the view large, to make it again",
        "Drop the materialized view counts, to make it again",
        "Make the materialized view counts again",
        "Make the view large again",
      ],
    },
  ],
  freshDatabase,
);
