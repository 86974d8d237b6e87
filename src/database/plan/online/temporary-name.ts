import { createHash } from "node:crypto";

const prefixes = { notNull: "stk_not_null_", fill: "stk_fill_", index: "stk_new_" } as const;
const longestName = 63;

/**
 * The name of what is in a database only until a plan is done with it: a check that a column is not null, the mark of
 * a column that is yet to be filled, an index that is to take another's place. The same for the same thing, so that it
 * is known again after an apply that was cut off; at most 63 bytes.
 */
export function temporaryName(purpose: keyof typeof prefixes, of: string): string {
  const name = `${prefixes[purpose]}${of}`;
  if (Buffer.byteLength(name) <= longestName) return name;
  const digest = createHash("sha256").update(of).digest("hex").slice(0, 8);
  return `${prefixes[purpose]}${digest}`;
}
