/**
 * What a statement may leave on the session that it ran on, for whoever has it next: settings (also those that a
 * function or a trigger sets), or more (a role, temporary tables, cursors, locks, listening), which no reset undoes.
 */
export type Traces = "none" | "settings" | "more";

/** What a statement may leave behind, seen from its text. */
export function tracesOf({ text, readOnly }: { text: string; readOnly?: boolean }): Traces {
  if (readOnly === true) return "none";
  if (!ordinary.test(text) || sessionLock.test(text)) return "more";
  return reads.test(text) && !text.includes("(") ? "none" : "settings";
}

const ordinary =
  /^\s*(?:select|with|values|table|insert|update|delete|merge|begin|commit|rollback|savepoint|release|explain|truncate|notify)\b/i;
const sessionLock = /\bpg_(?:try_)?advisory_lock/i;
const reads = /^\s*(?:select|values|table|begin|commit|rollback|savepoint|release)\b/i;
