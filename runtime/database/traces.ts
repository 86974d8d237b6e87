import { randomInt } from "node:crypto";
import type { SqlStatement } from "./database.ts";

/**
 * What a statement may leave on the session that it ran on, for whoever has it next: `state`, which functions, triggers
 * and operators may leave too and which is taken away again (settings, a role, temporary tables, cursors, locks, a seed);
 * prepared statements beside that, as the functions may leave that `logic` calls; or `more`, where it says so itself.
 */
export type Traces = "none" | "state" | "logic" | "more";

/** What a statement may leave behind, seen from its text and from who wrote it. */
export function tracesOf({ text, readOnly, ofLogic }: SqlStatement): Traces {
  if (readOnly === true) return ofLogic === true ? "logic" : "none";
  if (ofTransactions.test(text)) return "none";
  if (!ordinary.test(text)) return "more";
  return ofLogic === true ? "logic" : "state";
}

const ordinary =
  /^\s*(?:select|with|values|table|insert|update|delete|merge|begin|commit|rollback|savepoint|release|explain|truncate|notify)\b/i;
const ofTransactions = /^\s*(?:begin|commit|rollback|savepoint|release)\b/i;

const seeds = 2 ** 47;
const takenAway = (): readonly string[] => [
  ...["reset session authorization", "reset role", "reset all", "discard temp", "discard sequences"],
  // Nothing sets a seed back: without a new one the next caller's `random()` would be known.
  ...["close all", "unlisten *", `set seed to ${(2 * randomInt(seeds)) / seeds - 1}`],
];
const unlock = "pg_catalog.pg_advisory_unlock_all()";

/** Takes away what any statement may leave, and keeps what is prepared. */
export const cleaning = (): string => [...takenAway(), `select ${unlock}`].join("; ");

/**
 * The same behind logic. The row of its answer is how many statements are prepared: by the protocol, as the Bridge does
 * it, and by SQL, which may take the names of those.
 */
export const logicCleaning = (): string =>
  `${cleaning()}, pg_catalog.count(*) filter (where not from_sql) as own, pg_catalog.count(*) filter (where from_sql) as others from pg_catalog.pg_prepared_statement()`;

const dropPrepared =
  "declare one text; begin for one in select name from pg_catalog.pg_prepared_statements where from_sql loop execute pg_catalog.format('deallocate %I', one); end loop; end;";

/** The same as one statement, with what was prepared by SQL: a pooler lends its session to others behind the transaction. */
export const lentCleaning = (): string =>
  `do $stk$ begin ${takenAway()
    .map((sql) => `execute '${sql}';`)
    .join(" ")} perform ${unlock}; ${dropPrepared} end $stk$`;
