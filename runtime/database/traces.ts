/**
 * What a statement may leave on the session that it ran on, for whoever has it next: `state`, which functions, triggers
 * and operators may leave too and which is taken away again (settings, a role, temporary tables, cursors, locks), or
 * `more`, where it says so itself.
 */
export type Traces = "none" | "state" | "more";

/** What a statement may leave behind, seen from its text. */
export function tracesOf({ text, readOnly }: { text: string; readOnly?: boolean }): Traces {
  if (readOnly === true || ofTransactions.test(text)) return "none";
  return ordinary.test(text) && !sessionLock.test(text) ? "state" : "more";
}

const ordinary =
  /^\s*(?:select|with|values|table|insert|update|delete|merge|begin|commit|rollback|savepoint|release|explain|truncate|notify)\b/i;
const sessionLock = /\bpg_(?:try_)?advisory_lock/i;
const ofTransactions = /^\s*(?:begin|commit|rollback|savepoint|release)\b/i;

const takenAway = [
  ...["reset session authorization", "reset role", "reset all", "discard temp", "discard sequences"],
  ...["close all", "unlisten *"],
];

/** Takes away what any statement may leave, and keeps what is prepared. */
export const cleaning = [...takenAway, "select pg_advisory_unlock_all()"].join("; ");

/** What was prepared by a statement, and not by the protocol as poolers and drivers do. */
const dropPrepared =
  "declare one text; begin for one in select name from pg_catalog.pg_prepared_statements where from_sql loop execute format('deallocate %I', one); end loop; end;";

/** The same as one statement at the end of a transaction, behind which a pooler lends its session to others. */
export const lastCleaning = `do $stk$ begin ${takenAway.map((sql) => `execute '${sql}';`).join(" ")} perform pg_advisory_unlock_all(); ${dropPrepared} end $stk$`;
