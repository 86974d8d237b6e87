import { StkError } from "../../core/error.ts";
import type { Database } from "../database.ts";
import type { Plan } from "../plan/plan.ts";
import { SqlError } from "../sql-error.ts";

/** PostgreSQL documentation, appendix A. */
const insufficientPrivilege = "42501";

/** Who applied a plan: the version of `stk`, and the Git revision of the project where it is known. */
export type AppliedBy = { version: string; revision?: string };

/** Notes in `_stk.applied` that a plan was applied, in the transaction that applies it. */
export async function recordApplied(database: Database, plan: Plan, by: AppliedBy): Promise<void> {
  const [row] = await database.query<{ there: boolean }>(
    "select to_regclass('_stk.applied') is not null as there",
  );
  if (row?.there !== true) await makeTable(database);
  await database.query(
    `insert into _stk.applied (connection, from_fingerprint, to_fingerprint, stk_version, revision, statements)
     values ($1, $2, $3, $4, $5, $6::text::jsonb)`,
    [
      plan.connection,
      plan.live,
      plan.desired,
      by.version,
      by.revision ?? null,
      JSON.stringify(plan.steps.map(({ sql }) => sql)),
    ],
  );
}

/** Whoever may not make a schema may still make the table in one that was made for them. */
async function makeTable(database: Database): Promise<void> {
  const [row] = await database.query<{ there: boolean }>(
    "select to_regnamespace('_stk') is not null as there",
  );
  const hasSchema = row?.there ?? false;
  try {
    await database.script(`${hasSchema ? "" : "create schema _stk;"}
      create table _stk.applied (
        id bigint generated always as identity primary key,
        applied_at timestamptz not null default now(),
        applied_by text not null default current_user,
        connection text not null,
        from_fingerprint text not null,
        to_fingerprint text not null,
        stk_version text not null,
        revision text,
        statements jsonb not null
      )`);
  } catch (error) {
    if (!(error instanceof SqlError) || error.problem.sqlstate !== insufficientPrivilege) throw error;
    throw new StkError("missing_right", `The record of what was applied cannot be made: ${error.message}.`, {
      hint: "Everything was rolled back. Let the owner of the database run: create schema _stk authorization ROLE",
      cause: error,
    });
  }
}
