/**
 * Whether a statement only reads and waits for nobody's locks, so that others may stand behind it on its session. A
 * wrong guess costs time, never correctness: each statement is a transaction of its own.
 */
export const isPlainRead = (text: string): boolean => begins.test(text) && !locks.test(text);

const begins = /^\s*select\b/i;
const locks = /\bfor\s+(?:no\s+key\s+update|update|key\s+share|share)\b/i;
