import type { Change } from "../../diff/change.ts";
import type { Model } from "../../model/model.ts";
import type { Step } from "../step.ts";
import type { TableFacts } from "../table-facts.ts";

/** How a statement may be run: with its neighbours, in a transaction of its own, or in none. */
export type Placement = "together" | "own" | "alone";

/** A statement of an expanded change. */
export type PlacedStatement = Pick<Step, "sql" | "description" | "batch" | "safe"> & { placement: Placement };

/** What an expansion may look at. */
export type ExpansionContext = {
  live: Model;
  /** The desired model, with what is to be renamed under its old names. */
  desired: Model;
  changes: readonly Change[];
  /** How much is in a table of the live database; undefined where it is not there yet. */
  factsOf(table: string): TableFacts | undefined;
  /** SQL that gives the rows that are there a value, where a column declares it. */
  backfillOf(table: string, column: string): string | undefined;
  /** The partitions of a live table at the ends of its tree, `[]` where it has none. */
  leavesOf(table: string): readonly string[];
};

/** Writes one change so that others can go on meanwhile; undefined where the plain statements will do. */
export type Expansion = (change: Change, context: ExpansionContext) => PlacedStatement[] | undefined;
