import type { PlannableSchema } from "../../../schema/declared.ts";
import { lockHolder } from "../apply/advisory-lock.ts";
import { readModel } from "../catalog/read-model.ts";
import { inWordsOf } from "../catalog/respell.ts";
import { wholePublic } from "../catalog/scope.ts";
import type { Database } from "../database.ts";
import { inWordsAsWritten } from "../diff/in-words-as-written.ts";
import type { Model } from "../model/model.ts";
import type { RecordedModel } from "../model/model-from-json.ts";
import { wordingsFor } from "../plan/wordings-for.ts";
import { inLiveWords } from "../shadow/live-words.ts";
import type { Shadow } from "../shadow/shadow.ts";
import { inSnapshot } from "../transaction.ts";
import { type LastApply, readLastApply } from "./last-apply.ts";
import { changesBetween, type ModelChange } from "./model-changes.ts";
import { ownerOf } from "./owners.ts";
import { pendingSince } from "./pending.ts";
import { isManaged, partOf, wasManaged, whereIs } from "./recorded.ts";
import { type Undo, undoOf } from "./undo.ts";

/** Something that changed, and who owns it where it came. */
export type DriftChange = ModelChange & { owner?: string };

/** What a database is beside what it was left as. */
export type Drift = Undo & {
  connection: string;
  /**
   * What the database was compared with: what the last apply left, or what is declared, where none is recorded or its
   * record is of another version of stk and cannot be read.
   */
  comparedWith: "record" | "declaration";
  lastApply?: LastApply;
  /** Whether an apply holds its lock at this moment, so that the database is on its way. */
  isApplying: boolean;
  changes: DriftChange[];
  /** What is declared and not applied: no drift. */
  pending: string[];
};

/** Where drift is looked for, and what is declared there. */
export type DriftOptions = {
  connection: string;
  declared: PlannableSchema;
  shadow: Pick<Shadow, "model" | "read">;
};

/** Compares a database with the record of what was last applied to it. Changes nothing. */
export async function findDrift(
  database: Database,
  { connection, declared, shadow }: DriftOptions,
): Promise<Drift> {
  const made = await shadow.model(declared);
  const wordings = await wordingsFor(database, made, { declared, shadow });
  return inSnapshot(database, async () => {
    const scope = declared.scope ?? wholePublic;
    const whole = await readModel(database, scope);
    const isApplying = (await lockHolder(database)) !== undefined;
    const last = await readLastApply(database, connection);
    const recorded = last?.model && partOf(last.model, isManaged(scope));
    const before: RecordedModel =
      recorded ??
      inWordsAsWritten(
        whole,
        inWordsOf(whole, await inLiveWords(whole, made, { declared, shadow }), wordings),
      );
    const live = partOf(whole, recorded === undefined ? isDeclared(before) : wasManaged(recorded));
    const changes: DriftChange[] = [];
    for (const change of changesBetween(before, withoutOtherComments(live, before, recorded === undefined))) {
      const owner = await ownerOf(database, change, live);
      changes.push({ ...change, ...(owner === undefined ? {} : { owner }) });
    }
    return {
      connection,
      comparedWith: recorded === undefined ? "declaration" : "record",
      ...(last === undefined ? {} : { lastApply: last.apply }),
      isApplying,
      changes,
      ...(changes.length === 0 ? { statements: [], impossible: [] } : undoOf(live, before)),
      pending:
        recorded === undefined
          ? []
          : await pendingSince({ ...live, ...recorded, others: [] }, declared, { shadow, wordings }),
    };
  });
}

/** What is not declared is left alone by every plan, and is no difference from the declaration. */
const isDeclared = ({ enums, tables, objects }: RecordedModel): ((name: string) => boolean) => {
  const names = new Set([...objects.values()].map(whereIs));
  return (name) => enums.has(name) || tables.has(name) || names.has(name);
};

const withoutOtherComments = (live: Model, declared: RecordedModel, isDeclaration: boolean): Model =>
  isDeclaration
    ? {
        ...live,
        comments: new Map([...live.comments].filter(([target]) => declared.comments.has(target))),
      }
    : live;
