import type { Transactional } from "../database/database.ts";
import type { Sent } from "../sql/sent-json.ts";
import type { CheckedCaller } from "./claim.ts";
import type { RulesByRole } from "./plans.ts";
import type { ReadRule } from "./readable.ts";
import type { PreparedNames, ShapeCache } from "./statements.ts";
import type { Table } from "./table.ts";

/** What a table call is given beside its params and its caller. */
export type TableContext = {
  readonly database: Transactional;
  /** Rows that one call may read or write; how deep a condition may nest; bytes that rows may have. */
  readonly limits: { readonly rows: number; readonly depth: number; readonly answerBytes?: number };
  readonly signal?: AbortSignal | undefined;
  readonly sent?: Sent | undefined;
};

/**
 * Answers a table call: the rows of a select, or a write's `{ count, rows }`.
 *
 * @throws {CallError} what the caller is told.
 */
export type TableHandler = (
  params: unknown,
  caller: CheckedCaller,
  context: TableContext,
) => Promise<unknown>;

/** What an operation's handler is made of. */
export type OperationInput<Rule> = {
  readonly table: Table;
  /** The operation's rules. */
  readonly rules: RulesByRole<Rule>;
  /** What may be read: by a filter, a sort, and of what was written. */
  readonly select: RulesByRole<ReadRule>;
  readonly names: PreparedNames;
  readonly cache: ShapeCache;
};
