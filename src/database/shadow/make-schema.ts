import type { DeclaredSchema } from "../../../schema/declared.ts";
import type { Database } from "../database.ts";
import { quoteName } from "../identifier.ts";
import type { SqlProblem } from "../sql-error.ts";
import { attempt } from "../transaction.ts";
import { type DeclaredObject, type RenderedStatement, renderSchema } from "./render.ts";

/** A declared object that Postgres refuses. `position` counts in the `sql` that is given along. */
export type SchemaProblem = { of: DeclaredObject; sql: string; error: SqlProblem };

/** Undefined column, table, function and object (PostgreSQL documentation, appendix A). */
const absent: ReadonlySet<string> = new Set(["42703", "42P01", "42883", "42704", "3F000"]);
const noMatchingKey = "42830";

/**
 * Makes a declared schema in an empty database, in the transaction that is open, and gives every object that was
 * refused, without those that failed only because of another. What rests on what is not known beforehand: a statement
 * that fails is tried again once others are made.
 */
export async function makeSchema(database: Database, declared: DeclaredSchema): Promise<SchemaProblem[]> {
  const statements = renderSchema(declared);
  // A function's body may name what is made after it, or what the function is made for.
  await database.script("set local check_function_bodies = off");
  const together = statements.flatMap(({ sql }) => sql.map((one) => `${one}\n;`)).join("\n");
  const refused = await attempt(database, () => database.script(together));
  const problems = refused === undefined ? [] : causesOf(await makeOneByOne(database, statements));
  return [...problems, ...(await checkBodies(database, statements, problems))];
}

async function makeOneByOne(
  database: Database,
  statements: readonly RenderedStatement[],
): Promise<SchemaProblem[]> {
  let pending = statements;
  for (;;) {
    const failed: RenderedStatement[] = [];
    for (const statement of pending)
      if ((await make(database, statement.sql)) !== undefined) failed.push(statement);
    if (failed.length === 0) return [];
    if (failed.length < pending.length) {
      pending = failed;
      continue;
    }
    const problems: SchemaProblem[] = [];
    for (const statement of failed) problems.push(...(await makePieces(database, statement)));
    return problems;
  }
}

type Refusal = { sql: string; error: SqlProblem };

/** All of the statements or none; the one that was refused. */
async function make(database: Database, statements: readonly string[]): Promise<Refusal | undefined> {
  let current = "";
  const error = await attempt(database, async () => {
    for (const sql of statements) {
      current = sql;
      await database.query(sql);
    }
  });
  return error === undefined ? undefined : { sql: current, error };
}

/** A statement that fails is tried again in pieces, so that everything wrong in one table is found at once. */
async function makePieces(
  database: Database,
  { sql, of, pieces }: RenderedStatement,
): Promise<SchemaProblem[]> {
  const refusal = await make(database, sql);
  if (refusal === undefined) return [];
  if (pieces.length === 0) return [{ of, ...refusal }];
  const alone = await make(database, [`create table ${quoteName(of.name)} ()`]);
  if (alone !== undefined) return [{ of, ...refusal }];
  const problems: SchemaProblem[] = [];
  for (const piece of pieces) {
    const problem = await make(database, [piece.sql]);
    if (problem !== undefined) problems.push({ of: piece.of, ...problem });
  }
  return problems.length === 0 ? [{ of, ...refusal }] : problems;
}

/** Objects that name a column, a table or a key which was itself refused are not to blame. */
function causesOf(problems: readonly SchemaProblem[]): SchemaProblem[] {
  const refused = (...kinds: DeclaredObject["kind"][]): DeclaredObject[] =>
    problems.map(({ of }) => of).filter(({ kind }) => kinds.length === 0 || kinds.includes(kind));
  const missing = refused();
  const unkeyed = refused("primaryKey", "unique");
  return problems.filter(({ of, error }) => {
    const names = (name: string | undefined): boolean => error.message.includes(`"${name}"`);
    if (absent.has(error.sqlstate))
      return !missing.some((other) => other.name !== of.name && names(other.name));
    return !(error.sqlstate === noMatchingKey && unkeyed.some(({ table }) => names(table)));
  });
}

const orReplace = "or replace ";

/** Makes every function a second time, where all that its body may name is there. */
async function checkBodies(
  database: Database,
  statements: readonly RenderedStatement[],
  problems: readonly SchemaProblem[],
): Promise<SchemaProblem[]> {
  const routines = statements.filter(
    ({ of }) => of.kind === "routine" && !problems.some((problem) => problem.of === of),
  );
  if (routines.length === 0) return [];
  await database.script("set local check_function_bodies = on");
  const found: SchemaProblem[] = [];
  const again = (sql: string): string => sql.replace(/^create /, `create ${orReplace}`);
  for (const { of, sql } of routines) {
    const refusal = await make(database, sql.map(again));
    if (refusal === undefined) continue;
    const { position } = refusal.error;
    const error = {
      ...refusal.error,
      ...(position === undefined ? {} : { position: position - orReplace.length }),
    };
    found.push({ of, sql: sql.find((one) => again(one) === refusal.sql) ?? refusal.sql, error });
  }
  return found;
}
