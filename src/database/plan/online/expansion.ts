import type { Change } from "../../diff/change.ts";
import type { Model } from "../../model/model.ts";
import type { PartitionTree } from "../partition-tree.ts";
import type { Step } from "../step.ts";
import type { TableFacts } from "../table-facts.ts";
import type { Replacements } from "./replacements.ts";

/** How a statement may be run: with its neighbours, in a transaction of its own, or in none. */
export type Placement = "together" | "own" | "alone";

/** A statement of an expanded change. */
export type PlacedStatement = Pick<Step, "sql" | "description" | "batch" | "safe" | "trial"> & {
  placement: Placement;
};

/** What an expansion may look at. */
export type ExpansionContext = {
  live: Model;
  /** The desired model, with what is to be renamed under its old names. */
  desired: Model;
  changes: readonly Change[];
  /** Whether others use the database meanwhile. */
  online: boolean;
  /** Which of the changes make way for which. */
  replacements: Replacements;
  /** How much is in a table of the live database; undefined where it is not there yet. */
  factsOf(table: string): TableFacts | undefined;
  /** SQL that gives the rows that are there a value, where a column declares it. */
  backfillOf(table: string, column: string): string | undefined;
  /** Whether adding a column as it is declared writes every row again, which it would not do without its default. */
  isRewrittenByDefault(table: string, column: string): boolean;
  /** The partitions of a live table, of which it has none where it is not partitioned. */
  partitionsOf(table: string): PartitionTree;
};

/** Writes one change so that others can go on meanwhile; undefined where the plain statements will do. */
export type Expansion = (change: Change, context: ExpansionContext) => PlacedStatement[] | undefined;
