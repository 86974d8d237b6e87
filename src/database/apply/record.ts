import type { Database } from "../database.ts";
import type { Model } from "../model/model.ts";
import { modelAsJson } from "../model/model-json.ts";
import type { Plan } from "../plan/plan.ts";
import type { Step } from "../plan/step.ts";

/** Who applied a plan: the version of `stk`, and the Git revision of the project where it is known. */
export type AppliedBy = { version: string; revision?: string };

/** What was applied, step by step, in `_stk.applies` and `_stk.steps`. Written in the transactions that apply it. */
export interface Record {
  /** Notes that an apply begins; earlier ones that never ended were cut off. */
  begin(database: Database): Promise<void>;
  /** Notes a step that is about to run outside of a transaction. */
  stepStarted(database: Database, step: Step, number: number): Promise<void>;
  stepDone(database: Database, step: Step, number: number): Promise<void>;
  /** Notes the end, and what the database is now; of the applies before, only what they did is kept. */
  end(database: Database, model: Model): Promise<void>;
}

/** The {@link Record} of one apply of a plan. */
export function recordOf(plan: Plan, by: AppliedBy): Record {
  let id: string | undefined;
  const note = (database: Database, step: Step, number: number, isDone: boolean): Promise<unknown> =>
    database.query(
      `insert into _stk.steps (apply_id, number, description, sql, finished_at)
       values ($1, $2, $3, $4, case when $5 then clock_timestamp() end)
       on conflict (apply_id, number) do update set finished_at = excluded.finished_at`,
      [id, number, step.description, step.sql, isDone],
    );
  return {
    async begin(database) {
      await makeTables(database);
      await database.query(
        "update _stk.applies set outcome = 'interrupted' where outcome is null and connection = $1",
        [plan.connection],
      );
      const [row] = await database.query<{ id: string }>(
        `insert into _stk.applies (connection, from_fingerprint, to_fingerprint, stk_version, revision, steps)
         values ($1, $2, $3, $4, $5, $6) returning id::text`,
        [plan.connection, plan.live, plan.desired, by.version, by.revision ?? null, plan.steps.length],
      );
      id = row?.id;
    },
    async stepStarted(database, step, number) {
      await note(database, step, number, false);
    },
    async stepDone(database, step, number) {
      await note(database, step, number, true);
    },
    async end(database, model) {
      await database.query(
        "update _stk.applies set model = null where connection = $1 and model is not null",
        [plan.connection],
      );
      await database.query(
        `update _stk.applies set outcome = 'done', finished_at = clock_timestamp(), model = $2::text::jsonb
         where id = $1`,
        [id, JSON.stringify(modelAsJson(model))],
      );
    },
  };
}

/**
 * Whether there is a record, and it does not say that the database is what it is now: the last apply was cut off after
 * its last step, or somebody else has made the database what is declared.
 */
export async function isBehind(database: Database, { connection, desired }: Plan): Promise<boolean> {
  const [there] = await database.query<{ there: boolean }>(
    "select to_regclass('_stk.applies') is not null as there",
  );
  if (there?.there !== true) return false;
  const [last] = await database.query<{ outcome: string | null; to: string }>(
    "select outcome, to_fingerprint as to from _stk.applies where connection = $1 order by id desc limit 1",
    [connection],
  );
  return last?.outcome !== "done" || last.to !== desired;
}

/** Whoever may not make a schema may still make the tables in one that was made for them. */
async function makeTables(database: Database): Promise<void> {
  const [row] = await database.query<{ schema: boolean; tables: boolean }>(
    "select to_regnamespace('_stk') is not null as schema, to_regclass('_stk.steps') is not null as tables",
  );
  if (row?.tables === true) return;
  await database.script(`${row?.schema === true ? "" : "create schema _stk;"}
      create table _stk.applies (
        id bigint generated always as identity primary key,
        started_at timestamptz not null default clock_timestamp(),
        finished_at timestamptz,
        outcome text check (outcome in ('done', 'interrupted')),
        applied_by text not null default current_user,
        connection text not null,
        from_fingerprint text not null,
        to_fingerprint text not null,
        stk_version text not null,
        revision text,
        steps int not null,
        model jsonb
      );
      create table _stk.steps (
        apply_id bigint not null references _stk.applies,
        number int not null,
        description text not null,
        sql text not null,
        started_at timestamptz not null default clock_timestamp(),
        finished_at timestamptz,
        primary key (apply_id, number)
      )`);
}
