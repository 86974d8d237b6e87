import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const tasks = "tables: { tasks: { columns: { id: { type: int, primaryKey: true } } } }";

await runCases(
  [
    {
      name: "sees no table, type, view, function or sequence of another tool",
      old: tasks,
      seed: `create table x_jobs (id int); create type x_kind as enum ('a'); create domain x_mail as text;
        create type x_pair as (a int); create view x_all as select 1 as a; create sequence x_numbers;
        create function x_do() returns int language sql as 'select 1'; create materialized view x_sum as select 1 as a`,
      new: `${tasks}\nignore: ["x_*"]`,
      steps: [],
      notices: [],
      more: true,
    },
    {
      name: "sees nothing in a schema that is ignored",
      old: `schemas: { jobs: {} }\n${tasks}`,
      seed: "create table jobs.queue (id int primary key); create index on jobs.queue (id)",
      new: `schemas: { jobs: {} }\nignore: ["jobs.*"]\n${tasks}`,
      steps: [],
      notices: [],
      more: true,
    },
    {
      name: "sees a part of a schema",
      old: "schemas: { jobs: {} }",
      seed: "create table jobs.queue (id int); create table jobs.other (id int)",
      new: `schemas: { jobs: {} }\nignore: [jobs.queue]`,
      steps: [],
      notices: ["jobs.other"],
      more: true,
    },
    {
      name: "sees what another tool owns where it is no longer ignored",
      old: tasks,
      seed: "create table x_jobs (id int)",
      new: tasks,
      steps: [],
      notices: ["x_jobs"],
      more: true,
    },
    {
      name: "leaves triggers, indexes and policies alone that another tool put on a table",
      old: tasks,
      seed: `create function x_notify() returns trigger language plpgsql as 'begin return new; end';
        create trigger x_notify after insert on tasks for each row execute function x_notify();
        create index x_idx on tasks ((id + 1)); alter table tasks add constraint x_check check (id > 0);
        create policy x_policy on tasks`,
      new: `${tasks}\nignore: ["x_*", "public.tasks.x_*"]`,
      steps: [],
      notices: [],
      more: true,
    },
    {
      name: "drops a trigger of a declared table that nobody ignores",
      old: tasks,
      seed: `create function x_notify() returns trigger language plpgsql as 'begin return new; end';
        create trigger x_notify after insert on tasks for each row execute function x_notify()`,
      new: `${tasks}\nignore: ["x_*"]`,
      steps: ["Drop the trigger x_notify of tasks"],
      notices: ["plan"],
      more: true,
    },
    {
      name: "never ignores more than a pattern says",
      old: tasks,
      seed: "create table my_x_jobs (id int); create table x (id int)",
      new: `${tasks}\nignore: ["x_*"]`,
      steps: [],
      notices: ["my_x_jobs", "x"],
      more: true,
    },
    {
      name: "does not drop a schema that holds what is ignored",
      old: "schemas: { jobs: {} }",
      seed: "create table jobs.queue (id int)",
      new: `ignore: ["jobs.queue"]\nremoved: { schemas: [jobs] }`,
      blocked: [
        "still_used jobs: The schema jobs is declared as removed, and other things rest on it: table jobs.queue.",
      ],
    },
    {
      name: "never sees stk's own schema",
      old: tasks,
      new: tasks,
      steps: [],
      notices: [],
    },
  ],
  freshDatabase,
);
