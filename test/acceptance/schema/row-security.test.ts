import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const columns = "columns: { id: { type: int, primaryKey: true }, owner: { type: text } }";
const tasks = (rowSecurity?: string, more = ""): string =>
  `tables: { tasks: { ${columns}${rowSecurity === undefined ? "" : `, rowSecurity: ${rowSecurity}`} } }\n${more}`;
const twoTasks = "insert into tasks values (1, 'ann'), (2, null)";
const approved = "approved: { tasks: [policy_weakened] }";

await runCases(
  [
    {
      name: "enables row security of a new table",
      new: tasks("{}"),
      steps: ["Create the table tasks", "Enable row security of tasks"],
    },
    {
      name: "enables row security of a new table for its owner too",
      new: tasks("{ forced: true }"),
      steps: ["Create the table tasks", "Enable and force row security of tasks"],
    },
    {
      name: "makes no new table guard its rows where that is not enabled",
      new: tasks("{ enabled: false }"),
      steps: ["Create the table tasks"],
    },
    {
      name: "enables row security of a table that is there",
      old: tasks(),
      seed: twoTasks,
      new: tasks("{ enabled: true }"),
      sql: ['alter table "tasks" enable row level security, no force row level security'],
      steps: ["Enable row security of tasks"],
    },
    {
      name: "enables and forces row security of a table that is there",
      old: tasks(),
      seed: twoTasks,
      new: tasks("{ forced: true }"),
      steps: ["Enable and force row security of tasks"],
      sql: ['alter table "tasks" enable row level security, force row level security'],
    },
    {
      name: "forces row security that is enabled",
      old: tasks("{}"),
      seed: twoTasks,
      new: tasks("{ forced: true }"),
      sql: ['alter table "tasks" force row level security'],
    },
    {
      name: "enables row security of a table that was only marked as forced, and does not force it",
      old: tasks(),
      seed: "alter table tasks force row level security",
      new: tasks("{}"),
      steps: ["Enable row security of tasks"],
    },
    {
      name: "disables no row security because nothing is said of it",
      old: tasks("{}"),
      seed: twoTasks,
      new: tasks(),
      blocked: ["policy_weakened tasks: Row security of tasks is enabled and no longer declared."],
      wayOut: "Where that is meant, approve it: approved: { tasks: [policy_weakened] }",
    },
    {
      name: "disables no row security that was enabled by hand",
      old: tasks(),
      seed: "alter table tasks enable row level security",
      new: tasks("{ enabled: false }"),
      blocked: ["policy_weakened tasks: Row security of tasks is enabled and no longer declared."],
    },
    {
      name: "no longer forces no row security without a word",
      old: tasks("{ forced: true }"),
      new: tasks("{}"),
      blocked: [
        "policy_weakened tasks: Row security of tasks is forced and no longer declared so: its owner would see all rows.",
      ],
    },
    {
      name: "disables row security where that is approved",
      old: tasks("{}"),
      seed: twoTasks,
      new: tasks(undefined, approved),
      steps: ["Disable row security of tasks"],
      sql: ['alter table "tasks" disable row level security'],
    },
    {
      name: "disables forced row security where that is approved",
      old: tasks("{ forced: true }"),
      new: tasks("{ enabled: false }", approved),
      sql: ['alter table "tasks" disable row level security, no force row level security'],
    },
    {
      name: "no longer forces row security where that is approved",
      old: tasks("{ forced: true }"),
      new: tasks("{}", approved),
      steps: ["No longer force row security of tasks"],
      sql: ['alter table "tasks" no force row level security'],
    },
    {
      name: "takes an approval of one table for no other",
      old: tasks("{}"),
      new: tasks(undefined, "approved: { others: [policy_weakened] }"),
      blocked: ["policy_weakened tasks: Row security of tasks is enabled and no longer declared."],
    },
    {
      name: "enables row security only after its policies are there",
      old: tasks(),
      seed: twoTasks,
      new: tasks("{ policies: { own: { using: owner = current_user } } }"),
      steps: ["Create the policy own of tasks", "Enable row security of tasks"],
    },
    {
      name: "keeps row security of a table that is renamed",
      old: tasks("{ forced: true, policies: { own: { using: owner = current_user } } }"),
      seed: twoTasks,
      new: tasks("{ forced: true, policies: { own: { using: owner = current_user } } }").replace(
        "tasks: {",
        "jobs: { renamedFrom: tasks,",
      ),
      steps: ["Rename the constraint tasks_pkey of tasks to jobs_pkey", "Rename the table tasks to jobs"],
      rows: { "select count(*)::int as n from jobs": [{ n: 2 }] },
    },
    {
      name: "enables row security of a table in another schema, with a name in mixed case",
      new: `schemas: { audit: {} }\ntables: { audit.Events: { ${columns}, rowSecurity: { forced: true } } }`,
      seed: "create schema audit",
      steps: ["Create the table audit.Events", "Enable and force row security of audit.Events"],
    },
    {
      name: "leaves row security of a table alone that is not declared",
      seed: "create table others (a int); alter table others enable row level security; create policy all_of_it on others using (true)",
      new: tasks(),
      steps: ["Create the table tasks"],
      notices: ["others"],
      more: true,
    },
  ],
  freshDatabase,
);
