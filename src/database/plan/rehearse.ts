import type { DeclaredScope } from "../../../schema/declared.ts";
import { spelling } from "../catalog/queries.ts";
import { readModel } from "../catalog/read-model.ts";
import type { Database } from "../database.ts";
import type { Change } from "../diff/change.ts";
import { diffModels } from "../diff/diff.ts";
import { quoteIdentifier, quoteName } from "../identifier.ts";
import type { Model } from "../model/model.ts";
import { wholeAsJson } from "../model/whole-model.ts";
import { makeRoles } from "../shadow/make-role.ts";
import { standInForCollations } from "../shadow/stand-ins.ts";
import { SqlError } from "../sql-error.ts";
import { inTransaction } from "../transaction.ts";
import { type Measured, measured, tablesThere } from "./measure.ts";
import { mentionedIn } from "./mentioned.ts";
import { inOrder } from "./order.ts";
import { embedded, isRunnable } from "./runnable.ts";
import { sliceOf, without } from "./slice.ts";
import { statementsOf } from "./statement.ts";
import type { Step } from "./step.ts";
import { subjectOf } from "./subject.ts";

/** A plan to try: its steps, the changes that they make, and where these lead from and to. */
export type Trial = {
  steps: readonly Step[];
  changes: readonly Change[];
  live: Model;
  /** With the old names of what the plan renames. */
  beforeRenames: Model;
  desired: Model;
  scope: DeclaredScope | undefined;
};

/**
 * How a trial went: what each step did, or why it could not be tried, or which step failed (by its place), or the
 * objects that it did not lead to.
 */
export type Outcome =
  | { measured: Measured[][] }
  | { untried: string }
  | { failed: { step: number; message: string } }
  | { astray: string[] };

/** All that a trial depends on: what is copied, the roles that are made, the steps, and what the copy must become. */
export type Rehearsal = {
  steps: readonly Step[];
  copy: Model;
  /** SQL that makes the roles of policies. */
  roles: readonly string[];
  wanted: Model;
  scope: DeclaredScope | undefined;
};

const settings = `${spelling}; set local check_function_bodies = off`;

/** Takes from a trial what is to be copied, and what must come of it. */
export function rehearsalOf({ steps, changes, live, beforeRenames, desired, scope }: Trial): Rehearsal {
  const declared = steps.flatMap(({ batch, sql }) => (batch === undefined ? [] : [sql]));
  const copy = sliceOf(live, changes, beforeRenames, mentionedIn(declared, live));
  return {
    steps,
    copy,
    roles: makeRoles(copy, beforeRenames),
    wanted: without(desired, { whole: live, part: copy }),
    scope,
  };
}

/**
 * A text that is the same for trials of which nothing differs that their outcome depends on. The version of the server
 * is none of it, nor what its rows are like: the copy is in the embedded Postgres, and has none.
 */
export const identityOf = ({ steps, copy, roles, wanted, scope }: Rehearsal): string =>
  JSON.stringify([
    steps.map(({ sql, trial, transaction, alone, table }) => [sql, trial, transaction, alone, table]),
    { ...wholeAsJson(copy), version: undefined },
    { ...wholeAsJson(wanted), version: undefined },
    roles,
    scope,
  ]);

/**
 * Makes a copy of what the plan is about on a stage that nobody's data is on, without rows, and runs every step there
 * as it will be run, measuring what it locks, reads and writes. At the end the copy must be what is desired.
 */
export async function rehearse(
  stage: Database,
  { steps, copy, roles, wanted, scope }: Rehearsal,
): Promise<Outcome> {
  const refused = await refusal(() => build(stage, copy, roles, steps));
  if (refused !== undefined) return { untried: refused };
  const tables = await tablesThere(stage);
  const found: Measured[][] = [];
  for (const group of Map.groupBy([...steps.entries()], ([, { transaction }]) => transaction).values()) {
    let current: number | undefined;
    const run = async (): Promise<void> => {
      for (const [index, step] of group) {
        current = index;
        found.push(await measured(stage, step, tables));
      }
    };
    const message = await refusal(() =>
      group.some(([, { alone }]) => alone)
        ? run()
        : inTransaction(stage, async () => {
            await stage.script(settings);
            await run();
          }),
    );
    if (message !== undefined && current !== undefined) return { failed: { step: current, message } };
  }
  const arrived = await inTransaction(stage, () => readModel(stage, scope));
  const left = diffModels({ ...arrived, comments: new Map() }, wanted).changes.filter(isOfTheCopy);
  return left.length === 0 ? { measured: found } : { astray: left.map(subjectOf) };
}

/** The embedded Postgres has no lz4 to compress with. */
const isOfTheCopy = (change: Change): boolean =>
  change.kind !== "alterTable" || !/\bcompression\b/.test(change.sql);

async function build(
  stage: Database,
  copy: Model,
  roles: readonly string[],
  steps: readonly Step[],
): Promise<void> {
  const { changes } = diffModels(nothing, copy);
  const statements = inOrder(changes, nothing, copy).flatMap((change) => statementsOf(change, copy.enums));
  const sql = statements.filter(isRunnable).map((statement) => `${embedded(statement.sql)}\n;`);
  await inTransaction(stage, async () => {
    await stage.script(settings);
    await standInForCollations(stage, [...sql, ...steps.map((step) => step.sql)].join("\n"));
    await stage.script([...roles.map((role) => `${role};`), ...sql].join("\n"));
    await stage.script(leftSequences(copy).join("\n"));
  });
}

/** Sequences that a column owns and takes nothing from, which making the column does not make. */
const leftSequences = ({ tables }: Model): string[] =>
  [...tables].flatMap(([table, { columns }]) =>
    [...columns].flatMap(([name, { sequence, type, serial, identity }]) =>
      sequence === undefined || serial || identity !== undefined
        ? []
        : [
            `create sequence if not exists ${sequence} as ${type} owned by ${quoteName(table)}.${quoteIdentifier(name)};`,
          ],
    ),
  );

const nothing: Model = {
  version: 180_000,
  enums: new Map(),
  tables: new Map(),
  objects: new Map(),
  comments: new Map(),
  commented: new Map(),
  dependencies: new Map(),
  others: [],
};

async function refusal(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return `${error.problem.message} (${error.problem.sqlstate})`;
  }
}
