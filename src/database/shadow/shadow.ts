import type { z } from "zod";
import type { DeclaredRename, DeclaredSchema, PlannableSchema } from "../../../schema/declared.ts";
import { spelling } from "../catalog/queries.ts";
import { readModel } from "../catalog/read-model.ts";
import type { Database } from "../database.ts";
import type { Model } from "../model/model.ts";
import { type EmbeddedDatabase, openPglite, type PgliteOptions } from "../pglite.ts";
import { SqlError } from "../sql-error.ts";
import { emptied } from "./emptied.ts";
import type { SchemaProblem } from "./make-schema.ts";
import { readBack } from "./read-back.ts";
import { type Rehearsal, rehearse, type StatementToDescribe } from "./rehearsal.ts";
import { makeEmbedded, markLz4 } from "./stand-ins.ts";
import { innermostFirst, undo } from "./undo-rename.ts";

/** Work whose result depends on nothing but `about`. It is kept as JSON where it is of the `format`. */
export type Remembered<T> = { readonly about: string; readonly format: z.ZodType<T> };

/** A Postgres that nobody's data is in, to ask what it thinks of a declaration. */
export interface Shadow {
  /**
   * Makes the declared schema in `public`, describes the statements against it, and rolls back. Nothing is run but
   * the schema's own statements. Calls are served one after the other.
   *
   * @example
   * const { problems, descriptions } = await shadow.rehearse(declared, [{ sql: "select id from tasks" }]);
   */
  rehearse(declared: DeclaredSchema, statements?: readonly StatementToDescribe[]): Promise<Rehearsal>;
  /**
   * What the database would be if nothing but the declaration were in it and the renames were yet to be made: these
   * have their old names, wherever they stand. What Postgres names after a table or a column is named after the new.
   *
   * @throws {SqlError} when Postgres refuses it; `rehearse` says all that is wrong.
   */
  model(declared: PlannableSchema, yetToBeMade?: readonly DeclaredRename[]): Promise<Model>;
  /**
   * Makes the declared schema, reads in it, and rolls back.
   *
   * @throws {SqlError} when Postgres refuses it; `rehearse` says all that is wrong.
   */
  read<T>(declared: DeclaredSchema, work: (database: Database) => Promise<T>): Promise<T>;
  /**
   * Gives `work` an empty database that it may do anything to, and no other call meanwhile. With `remembered` the work
   * may be left out where it was done before.
   */
  stage<T>(
    extensions: readonly string[],
    work: (database: Database) => Promise<T>,
    remembered?: Remembered<T>,
  ): Promise<T>;
  close(): Promise<void>;
}

/** Opens a {@link Shadow}, in memory. */
export async function openShadow(options: Pick<PgliteOptions, "cache"> = {}): Promise<Shadow> {
  let current = await openPglite(options);
  let last: Promise<unknown> = Promise.resolve();
  // What was made stays for the next call that is about the same, in a transaction that is never committed.
  let made: Made | undefined;
  let isStaged = false;
  // Before the next call, and not after: the last one is followed by none.
  const cleared = async (): Promise<void> => {
    if (made !== undefined) await current.script("rollback");
    made = undefined;
    if (!isStaged) return;
    // It has locks for so many tables at a time; one that cannot be emptied is left for a new one.
    await emptied(current).catch(async () => {
      await current.close();
      current = await openPglite(options);
    });
    isStaged = false;
  };
  const make = async (declared: DeclaredSchema): Promise<Made> => {
    const key = keyOf(declared);
    if (made?.key === key) return made;
    await cleared();
    await current.script("begin");
    try {
      await current.script(spelling);
      made = { key, problems: await makeEmbedded(current, declared) };
      return made;
    } catch (error) {
      await current.script("rollback");
      throw error;
    }
  };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
  const within = <T>(
    declared: DeclaredSchema,
    work: (database: EmbeddedDatabase, problems: SchemaProblem[]) => Promise<T>,
  ): Promise<T> =>
    inTurn(async () => {
      const { problems } = await make(declared);
      await current.script("savepoint made");
      try {
        return await work(current, problems);
      } finally {
        await current.script("rollback to savepoint made; release savepoint made");
      }
    });
  const withinWhole = <T>(
    declared: DeclaredSchema,
    work: (database: EmbeddedDatabase) => Promise<T>,
  ): Promise<T> =>
    within(declared, (database, [problem]) => {
      if (problem !== undefined) throw new SqlError(problem.error, problem.sql);
      return work(database);
    });
  return {
    rehearse: (declared, statements = []) =>
      within(declared, (database, problems) => rehearse(database, problems, statements)),
    model: (declared, yetToBeMade = []) =>
      withinWhole(declared, async (database) => {
        await markLz4(database, declared);
        for (const rename of yetToBeMade.toSorted(innermostFirst)) await database.query(undo(rename));
        return readBack(database, await readModel(database, declared.scope), declared.scope);
      }),
    read: withinWhole,
    stage: (extensions, work) =>
      inTurn(async () => {
        await cleared();
        await current.provide(extensions);
        isStaged = true;
        return work(current);
      }),
    close: () => last.then(() => current.close()),
  };
}

/** What is made in the open transaction, and what of it was refused. */
type Made = { key: string; problems: SchemaProblem[] };

// In which order they are declared is the order in which they are made.
const keyOf = ({ enums, tables, objects }: DeclaredSchema): string =>
  JSON.stringify([enums, tables, objects]);
