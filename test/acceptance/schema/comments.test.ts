import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const tasks = (...more: string[]): string =>
  `tables: { tasks: { columns: { id: { type: int, primaryKey: true }, title: { type: text } }${more.map((one) => `, ${one}`).join("")} } }`;

const everything = (text: string): string => {
  const comment = text === "" ? "" : `, comment: ${text}`;
  const alone = text === "" ? "" : `comment: ${text}`;
  return `
    schemas: { audit: { ${alone} } }
    enums: { status: { values: [open, done]${comment} } }
    domains: { email: { type: text, check: "VALUE like '%@%'"${comment} } }
    composites: { address: { attributes: { city: text }${comment} } }
    sequences: { numbers: { start: 5${comment} } }
    tables:
      tasks:
        columns:
          id: { type: int${comment} }
          title: { type: text }
          owner: { type: int }
        primaryKey: { columns: [id]${comment} }
        unique: [{ columns: [title]${comment} }]
        checks: { titled: { expression: title <> ''${comment} } }
        foreignKeys: [{ columns: [owner], references: { table: tasks, columns: [id] }${comment} }]
        exclusions: [{ elements: [{ column: title, with: = }], method: btree${comment} }]
        indexes: [{ columns: [owner, title]${comment} }, { columns: [{ expression: lower(title) }]${comment} }]
        triggers: { touch: { before: [update], execute: touch()${comment} } }
        rowSecurity: { enabled: true, policies: { own: { using: id > 0${comment} } } }
        ${alone}
      audit.log: { columns: { id: { type: int, primaryKey: true${comment} } }${comment} }
      events:
        columns: { at: { type: date, nullable: false } }
        partitionBy: { range: [at] }
        partitions: { events_old: { from: minvalue, to: "2020-01-01"${comment} }, events_rest: { default: true } }
    views: { names: { sql: select id from tasks${comment}${text === "" ? "" : `, columnComments: { id: ${text} }`} } }
    materializedViews: { totals: { sql: select 1 as one${comment}${text === "" ? "" : `, columnComments: { one: ${text} }`} } }
    functions:
      touch: { sql: "create function touch() returns trigger language plpgsql as 'begin return new; end'"${comment} }
      reset: { sql: "create procedure reset(a int, b text) language plpgsql as 'begin end'"${comment} }`;
};

await runCases(
  [
    {
      name: "takes a comment from an index of a materialized view that stays, beside one that comes and one that goes",
      old: "materializedViews: { m: { sql: select 1 as a, indexes: [{ name: kept, columns: [a], comment: One. }, { name: gone, columns: [a], unique: true, comment: Two. }] } }",
      new: "materializedViews: { m: { sql: select 1 as a, indexes: [{ name: kept, columns: [a] }, { name: come, columns: [{ column: a, direction: desc }], comment: Three. }] } }",
      rows: {},
    },
    {
      name: "takes a comment from an index of a materialized view, and nothing else",
      old: "materializedViews: { m: { sql: select 1 as a, indexes: [{ name: kept, columns: [a], comment: One. }] } }",
      new: "materializedViews: { m: { sql: select 1 as a, indexes: [{ name: kept, columns: [a] }] } }",
      sql: ['comment on index "kept" is null'],
      rows: {},
    },
    {
      name: "makes a table and its columns with comments",
      new: "tables: { tasks: { comment: What is to do, columns: { id: { type: int, primaryKey: true, comment: Its number } } } }",
      steps: ["Create the table tasks", 'Comment on column "tasks"."id"', 'Comment on table "tasks"'],
    },
    { name: "makes everything with comments", new: everything('It\'s a "note"') },
    { name: "comments on everything that is there", old: everything(""), new: everything("Later") },
    {
      name: "changes every comment",
      old: everything("Before"),
      new: everything("After"),
    },
    { name: "takes every comment away", old: everything("Before"), new: everything("") },
    {
      name: "writes quotes, backslashes and lines as they are",
      new: tasks('comment: "It\'s a \\\\ and\\n\\"two\\" lines; -- really"'),
      rows: {
        "select obj_description('tasks'::regclass) as text": [
          { text: 'It\'s a \\ and\n"two" lines; -- really' },
        ],
      },
    },
    {
      name: "changes the one comment that differs",
      old: "tables: { tasks: { comment: a, columns: { id: { type: int, primaryKey: true, comment: b } } } }",
      new: "tables: { tasks: { comment: a, columns: { id: { type: int, primaryKey: true, comment: c } } } }",
      steps: ['Comment on column "tasks"."id"'],
      sql: [`comment on column "tasks"."id" is 'c'`],
    },
    {
      name: "takes a comment away that only SQL made",
      old: tasks(),
      seed: "comment on column tasks.title is 'by hand'",
      new: tasks(),
      steps: ['Take the comment from column "tasks"."title"'],
      sql: ['comment on column "tasks"."title" is null'],
    },
    {
      name: "leaves comments of what is not declared",
      old: tasks(),
      seed: "create table other (id int); comment on table other is 'kept'; comment on column other.id is 'kept'; create view seen as select 1 as a; comment on view seen is 'kept'",
      new: tasks(),
      steps: [],
      notices: ["other", "seen"],
      rows: { "select obj_description('other'::regclass) as text": [{ text: "kept" }] },
      more: true,
    },
    {
      name: "leaves the comment of the schema public, which the server brings along",
      old: tasks(),
      seed: "comment on schema public is 'ours'",
      new: tasks(),
      steps: [],
      more: true,
    },
    {
      name: "sets the comment of the schema public where it is declared",
      old: tasks(),
      new: `schemas: { public: { comment: Ours } }\n${tasks()}`,
      steps: ['Comment on schema "public"'],
    },
    {
      name: "comments on what is renamed",
      old: "tables: { tasks: { comment: a, columns: { id: { type: int, primaryKey: true, comment: b } } } }",
      seed: "insert into tasks values (1)",
      new: "tables: { jobs: { renamedFrom: tasks, comment: x, columns: { number: { renamedFrom: id, type: int, primaryKey: true, comment: y } } } }",
      rows: { "select number from jobs": [{ number: 1 }] },
    },
    {
      name: "keeps comments through a rename",
      old: "tables: { tasks: { comment: a, columns: { id: { type: int, primaryKey: true, comment: b } } } }",
      new: "tables: { jobs: { renamedFrom: tasks, comment: a, columns: { number: { renamedFrom: id, type: int, primaryKey: true, comment: b } } } }",
      steps: [
        "Rename the constraint tasks_pkey of tasks to jobs_pkey",
        "Rename the column tasks.id to number",
        "Rename the table tasks to jobs",
      ],
    },
    {
      name: "keeps the comments of constraints and indexes that get another name",
      old: tasks(
        "unique: [{ name: a, columns: [title], comment: same }]",
        "indexes: [{ name: b, columns: [title], comment: same }]",
      ),
      new: tasks(
        "unique: [{ name: c, columns: [title], comment: same }]",
        "indexes: [{ name: d, columns: [title], comment: same }]",
      ),
      steps: ["Rename the constraint a of tasks to c", "Rename the index b of tasks to d"],
    },
    {
      name: "takes the comment from a constraint that gets another name",
      old: tasks("unique: [{ name: a, columns: [title], comment: same }]"),
      new: tasks("unique: [{ name: c, columns: [title] }]"),
      steps: ["Rename the constraint a of tasks to c", 'Take the comment from constraint "c" on "tasks"'],
    },
    {
      name: "comments again on what is made again",
      old: `${tasks("checks: { fine: { expression: id > 0, comment: kept } }", "indexes: [{ name: i, columns: [title], comment: kept }]")}\nviews: { names: { sql: "select id, title from tasks", comment: kept, columnComments: { id: kept } } }`,
      new: `${tasks("checks: { fine: { expression: id > 1, comment: kept } }", "indexes: [{ name: i, columns: [id], comment: kept }]")}\nviews: { names: { sql: "select title, id from tasks", comment: kept, columnComments: { id: kept } } }`,
    },
    {
      name: "comments again on a generated column that is made again",
      old: tasks().replace(
        "title: { type: text }",
        "title: { type: text }, low: { type: text, generated: lower(title), comment: kept }",
      ),
      new: tasks().replace(
        "title: { type: text }",
        "title: { type: varchar(9) }, low: { type: text, generated: lower(title), comment: kept }",
      ),
    },
    {
      name: "says nothing of the comments of what goes",
      old: "tables: { tasks: { columns: { id: { type: int, primaryKey: true }, old: { type: int, comment: gone } } } }",
      new: "tables: { tasks: { columns: { id: { type: int, primaryKey: true } } } }\nremoved: { columns: { tasks: [old] } }",
      steps: ["Drop the column tasks.old"],
      destroys: { "Drop the column tasks.old": 0 },
    },
    {
      name: "comments on names that need quotes",
      new: 'tables: { Tasks: { comment: a, columns: { Id: { type: int, primaryKey: true, comment: b } }, checks: { "Is_Fine": { expression: "\\"Id\\" > 0", comment: c } } } }',
    },
  ],
  freshDatabase,
);
