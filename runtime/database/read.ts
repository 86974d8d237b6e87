/**
 * Whether a statement only reads and waits for nobody's locks, so that others may stand behind it on its session. A
 * wrong guess costs time, never correctness: each statement is a transaction of its own.
 */
export const isPlainRead = (text: string): boolean => begins.test(text) && !writesOrLocks.test(text);

const begins = /^\s*(?:select|with|values|table)\b/i;
const writesOrLocks = /\b(?:insert|update|delete|merge|share)\b/i;
